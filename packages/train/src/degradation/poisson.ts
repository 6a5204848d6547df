/** Poisson noise, whose variance grows with the signal, as that of light does. */
import { uniform } from "@tadsr/core";
import type { NoisePlace } from "../data-streams.ts";
import { type FloatPicture, toBytes } from "../float-picture.ts";
import { exponential } from "./elementary.ts";
import { luminance } from "./luminance.ts";
import { addNoise, inChunks } from "./noise.ts";

export interface PoissonNoise {
  /** What the noise is multiplied by. */
  readonly scale: number;
  /** The noise of the picture's luminance, the same in the three colours. */
  readonly grey: boolean;
  /** Where the noise is read: uniform numbers, by rows, three to a pixel or one where grey. */
  readonly place: NoisePlace;
}

/**
 * P(N <= n) for n = 0, 1, ... of a Poisson variable of this mean, 0..700, until float64 tells it from 1 no more. Sums of
 * positive terms, so each is right to about 1e-14.
 */
export const poissonDistribution = (mean: number): Float64Array => {
  const sums: number[] = [];
  let term = exponential(-mean);
  let sum = term;
  sums.push(sum);
  for (let n = 1; n < mean || term > 1e-17; n++) {
    term *= mean / n;
    sum += term;
    sums.push(sum);
  }
  return Float64Array.from(sums);
};

/** The least n with P(N <= n) > u: the distribution inverted, exact but for the 2^-32 steps of u. */
export const poissonAt = (distribution: Float64Array, u: number): number => {
  let low = 0;
  let high = distribution.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((distribution[middle] as number) > u) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** The number of different bytes, rounded up to a power of two: how many photons stand for white. */
const levelsOf = (bytes: Uint8Array): number => {
  const isThere = new Uint8Array(256);
  for (let i = 0; i < bytes.length; i++) isThere[bytes[i] as number] = 1;
  const count = isThere.reduce((sum, one) => sum + one, 0);
  let levels = 1;
  while (levels < count) levels *= 2;
  return levels;
};

/**
 * The picture with Poisson noise added, as Real-ESRGAN adds it (basicsr/data/degradations.py of its authors): the signal
 * is the picture's bytes, counted in as many photons as it has different bytes, rounded up to a power of two. Values may
 * leave 0..1.
 */
export const withPoissonNoise = (
  picture: FloatPicture,
  { scale, grey, place: { source, position } }: PoissonNoise,
): FloatPicture => {
  const { width, height, data } = picture;
  const bytes = grey ? luminance(picture) : toBytes(picture).data;
  const levels = levelsOf(bytes);
  const distributions: (Float64Array | undefined)[] = [];
  const distributionOf = (byte: number): Float64Array => {
    const made = distributions[byte] ?? poissonDistribution((byte / 255) * levels);
    distributions[byte] = made;
    return made;
  };
  const noisy = data.slice();
  inChunks(bytes.length, (from, length) => {
    const noise = uniform(source, position + from, length);
    for (let i = 0; i < length; i++) {
      const byte = bytes[from + i] as number;
      noise[i] = poissonAt(distributionOf(byte), noise[i] as number) / levels - byte / 255;
    }
    addNoise(noisy, noise, from, scale, grey);
  });
  return { width, height, data: noisy };
};
