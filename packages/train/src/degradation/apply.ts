/** Degrades a picture as was drawn. */
import type { Size } from "@tadsr/model";
import { type FloatPicture, fromBytes, toBytes } from "../float-picture.ts";
import { resize } from "../resampling.ts";
import type { DrawnDegradation } from "./draw.ts";
import { degradeFully } from "./full.ts";
import { degradeLightly } from "./light.ts";
import { withoutColour } from "./luminance.ts";

export interface DegradedPair {
  /** The original of the small picture: without colour if the degradation makes both grey. */
  readonly hr: FloatPicture;
  /** The small picture, of exactly the given size, with 8-bit values. */
  readonly lr: FloatPicture;
}

/** The picture and its degraded form of `size`. The same arguments give the same bytes. */
export const applyDegradation = async (
  picture: FloatPicture,
  drawn: DrawnDegradation,
  size: Size,
): Promise<DegradedPair> => {
  switch (drawn.kind) {
    case "bicubic":
      return { hr: picture, lr: fromBytes(toBytes(resize(picture, size, "bicubic"))) };
    case "light":
      return { hr: picture, lr: await degradeLightly(picture, drawn, size) };
    case "full": {
      const hr = drawn.grey ? fromBytes(toBytes(withoutColour(picture))) : picture;
      return { hr, lr: await degradeFully(hr, drawn, size) };
    }
  }
};
