/** Gaussian noise. */
import { normal } from "@tadsr/core";
import type { NoisePlace } from "../data-streams.ts";
import type { FloatPicture } from "../float-picture.ts";

export interface GaussianNoise {
  /** Standard deviation, of values 0..1. */
  readonly sigma: number;
  /** The same noise in the three colours. */
  readonly grey: boolean;
  /** Where the noise is read: normals, by rows, three to a pixel or one where grey. */
  readonly place: NoisePlace;
}

/** The picture with noise added. Values may leave 0..1. */
export const withGaussianNoise = (
  { width, height, data }: FloatPicture,
  { sigma, grey, place }: GaussianNoise,
): FloatPicture => {
  const pixels = width * height;
  const drawn = normal(place.source, place.position, grey ? pixels : 3 * pixels);
  const noisy = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const at = grey ? Math.floor(i / 3) : i;
    noisy[i] = (data[i] as number) + sigma * (drawn[at] as number);
  }
  return { width, height, data: noisy };
};
