/** A named degradation of byte pictures, in the form that an evaluation takes. */
import type { Picture } from "@tadsr/model";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { fromBytes, toBytes } from "../float-picture.ts";
import { keyOfName } from "../validation.ts";
import { type Degradation, scaleOf } from "./description.ts";
import { degradePicture } from "./picture.ts";

/** Why a picture has no small one. The message does not name the picture. */
export type DegradeError =
  | { readonly _tag: "TooSmall"; readonly message: string }
  | { readonly _tag: "NotDegraded"; readonly message: string };

export interface Degrader {
  readonly name: string;
  /** The factor by which the picture shrinks. */
  readonly scale: number;
  /**
   * The small picture, and the original cut to a multiple of the scale: the same as `writeValidationPairs` makes of a
   * file with this name.
   */
  readonly degrade: (
    picture: Picture,
    name: string,
    seed: number,
  ) => TaskEither<DegradeError, { readonly original: Picture; readonly small: Picture }>;
}

export const degraderOf = (name: string, degradation: Degradation): Degrader => {
  const scale = scaleOf(degradation);
  return {
    name,
    scale,
    degrade: (picture, pictureName, seed) => {
      const { width, height } = picture;
      if (Math.min(width, height) < scale)
        return TE.left({
          _tag: "TooSmall",
          message: `${width} x ${height} pixels, at least ${scale} x ${scale} are needed`,
        });
      const place = { seed, key: keyOfName(pictureName) };
      return TE.tryCatch(
        async () => {
          const { hr, lr } = await degradePicture(fromBytes(picture), place, degradation);
          return { original: toBytes(hr), small: toBytes(lr) };
        },
        (thrown): DegradeError => ({
          _tag: "NotDegraded",
          message: `it cannot be degraded: ${(thrown as Error).message}`,
        }),
      );
    },
  };
};
