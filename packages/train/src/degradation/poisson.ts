/** Poisson noise, whose variance grows with the signal, as that of light does. */
import { uniform } from "@tadsr/core";
import type { NoisePlace } from "../data-streams.ts";
import { type FloatPicture, toBytes } from "../float-picture.ts";
import { exponential } from "./elementary.ts";
import { luminance } from "./luminance.ts";

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
  const count = new Set(bytes).size;
  let levels = 1;
  while (levels < count) levels *= 2;
  return levels;
};

/** Poisson(b / 255 levels) / levels - b / 255 for each byte b, a draw each from `place` on. */
const noiseOf = (bytes: Uint8Array, { source, position }: NoisePlace): Float64Array => {
  const levels = levelsOf(bytes);
  const drawn = uniform(source, position, bytes.length);
  const distributions: (Float64Array | undefined)[] = [];
  const noise = new Float64Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    let distribution = distributions[byte];
    if (distribution === undefined) {
      distribution = poissonDistribution((byte / 255) * levels);
      distributions[byte] = distribution;
    }
    noise[i] = poissonAt(distribution, drawn[i] as number) / levels - byte / 255;
  }
  return noise;
};

/**
 * The picture with Poisson noise added, as Real-ESRGAN adds it (basicsr/data/degradations.py of its authors): the signal
 * is the picture's bytes, counted in as many photons as it has different bytes, rounded up to a power of two. Values may
 * leave 0..1.
 */
export const withPoissonNoise = (
  picture: FloatPicture,
  { scale, grey, place }: PoissonNoise,
): FloatPicture => {
  const { width, height, data } = picture;
  const noise = noiseOf(grey ? luminance(picture) : toBytes(picture).data, place);
  const noisy = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const at = grey ? Math.floor(i / 3) : i;
    noisy[i] = (data[i] as number) + scale * (noise[at] as number);
  }
  return { width, height, data: noisy };
};
