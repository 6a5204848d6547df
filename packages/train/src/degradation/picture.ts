/** Degrades whole pictures. */
import { placeOf } from "../data-streams.ts";
import { crop, type FloatPicture } from "../float-picture.ts";
import { applyDegradation, type DegradedPair } from "./apply.ts";
import { type Degradation, scaleOf } from "./description.ts";
import { type DrawnDegradation, drawDegradation } from "./draw.ts";

/** Cuts the right and lower edge so that both sides are multiples of `scale`. */
export const cropToMultiple = (picture: FloatPicture, scale: number): FloatPicture =>
  crop(picture, {
    x: 0,
    y: 0,
    width: picture.width - (picture.width % scale),
    height: picture.height - (picture.height % scale),
  });

/** What a whole picture's degradation depends on: the seed, and the picture's own number, 0..2^32-1. */
export interface PictureSeed {
  readonly seed: number;
  readonly key: number;
  /** Which degradation of this picture, 0..2^21-1; 0 by default. */
  readonly variant?: number;
}

/** A pair, and the drawn degradation that made it. */
export interface DegradedPicture extends DegradedPair {
  readonly drawn: DrawnDegradation;
}

/**
 * Cuts a whole picture to multiples of the degradation's scale, and degrades it to the size divided by the scale. Both
 * sides must be at least `scale` pixels.
 */
export const degradePicture = async (
  picture: FloatPicture,
  { seed, key, variant = 0 }: PictureSeed,
  degradation: Degradation,
): Promise<DegradedPicture> => {
  const scale = scaleOf(degradation);
  const original = cropToMultiple(picture, scale);
  const drawn = drawDegradation(degradation, {
    parameters: placeOf("wholePictureParameters", seed, key, variant),
    noise: placeOf("wholePictureNoise", seed, key, variant),
    secondNoise: placeOf("wholePictureSecondNoise", seed, key, variant),
  });
  const size = { width: original.width / scale, height: original.height / scale };
  return { ...(await applyDegradation(original, drawn, size)), drawn };
};
