/** Checks whether two pictures can be compared, and cuts out the part that is compared. */
import type { Picture, Rectangle } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { differentSizes, type MetricError, notAllowed, tooSmall } from "./errors.ts";

export interface Border {
  /** Pixels to leave out at each edge; 0 by default. */
  readonly border?: number;
}

/** Such as "512x384", width first. */
export const sizeOf = ({ width, height }: { readonly width: number; readonly height: number }): string =>
  `${width}x${height}`;

/**
 * The part of the picture inside the border. It must be at least `least` pixels wide and high.
 *
 * Errors: `DifferentSizes`; `NotAllowed` if the border is no whole number from 0, or leaves nothing;
 * `TooSmall` if it leaves less than `least`.
 */
export const comparedPart = (
  picture: Picture,
  original: Picture,
  border: number,
  least: number,
): E.Either<MetricError, Rectangle> => {
  const [width, height] = [picture.width - 2 * border, picture.height - 2 * border];
  if (picture.width !== original.width || picture.height !== original.height)
    return E.left(
      differentSizes(
        `the picture is ${sizeOf(picture)} and the original ${sizeOf(original)}: both must have one size, so crop or resize one`,
      ),
    );
  if (!Number.isInteger(border) || border < 0)
    return E.left(notAllowed(`border: found ${border}, allowed is a whole number of pixels from 0`));
  if (width <= 0 || height <= 0)
    return E.left(
      notAllowed(
        `border: ${border} pixels at each edge leave nothing of a picture of ${sizeOf(picture)}; take a smaller border`,
      ),
    );
  if (width < least || height < least)
    return E.left(
      tooSmall(
        `${sizeOf({ width, height })} pixels are compared, and the measure needs at least ${sizeOf({ width: least, height: least })}; take a larger picture or a smaller border`,
      ),
    );
  return E.right({ x: border, y: border, width, height });
};
