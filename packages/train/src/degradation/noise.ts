/** Gaussian noise. */
import { normal } from "@tadsr/core";
import type { NoisePlace } from "../data-streams.ts";
import type { FloatPicture } from "../float-picture.ts";

export interface GaussianNoise {
  /** Standard deviation, for values 0..1. */
  readonly sigma: number;
  /** Whether the three colours have the same noise. */
  readonly grey: boolean;
  /** Where the noise is read: normals, by rows, three for a pixel, or one if grey. */
  readonly place: NoisePlace;
}

/** How many numbers are drawn at a time. With this many they stay in the processor's cache. */
const CHUNK = 3 * 2 ** 11;

/** Calls `use` for runs that cover `count` numbers, at most `CHUNK` in each. */
export const inChunks = (count: number, use: (from: number, length: number) => void): void => {
  for (let from = 0; from < count; from += CHUNK) use(from, Math.min(CHUNK, count - from));
};

/** Adds `noise[i] * scale` to value `from + i`, or, if grey, to the three values of pixel `from + i`. */
export const addNoise = (
  values: Float32Array,
  noise: Float64Array,
  from: number,
  scale: number,
  grey: boolean,
): void => {
  for (let i = 0; i < noise.length; i++) {
    const added = scale * (noise[i] as number);
    if (!grey) {
      values[from + i] = (values[from + i] as number) + added;
      continue;
    }
    const at = 3 * (from + i);
    values[at] = (values[at] as number) + added;
    values[at + 1] = (values[at + 1] as number) + added;
    values[at + 2] = (values[at + 2] as number) + added;
  }
};

/** The picture with noise added. Values may leave 0..1. */
export const withGaussianNoise = (
  { width, height, data }: FloatPicture,
  { sigma, grey, place: { source, position } }: GaussianNoise,
): FloatPicture => {
  const noisy = data.slice();
  inChunks(grey ? width * height : data.length, (from, length) =>
    addNoise(noisy, normal(source, position + from, length), from, sigma, grey),
  );
  return { width, height, data: noisy };
};
