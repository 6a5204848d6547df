/** Poisson noise: its variance grows with the signal, as that of light does. */
import { uniform } from "@tadsr/core";
import type { NoisePlace } from "../data-streams.ts";
import { type FloatPicture, toBytes } from "../float-picture.ts";
import { exponential } from "./elementary.ts";
import { luminance } from "./luminance.ts";
import { addNoise, inChunks } from "./noise.ts";

export interface PoissonNoise {
  /** The factor of the noise. */
  readonly scale: number;
  /** Whether the three colours have the same noise, that of the picture's luminance. */
  readonly grey: boolean;
  /** Where the noise is read: uniform numbers, by rows, three for a pixel, or one if grey. */
  readonly place: NoisePlace;
}

/**
 * P(N <= n) for n = 0, 1, ... of a Poisson variable of this mean, 0..700, until it is 1 in float64. The terms are
 * positive, so each sum is accurate to about 1e-14.
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

/**
 * The smallest n with P(N <= n) > u, or the last n. It inverts the distribution, exactly except for the 2^-32 steps of
 * u.
 */
export const poissonAt = (distribution: Float64Array, u: number, from = 0): number => {
  let n = from;
  while (n < distribution.length - 1 && (distribution[n] as number) <= u) n++;
  return n;
};

/** The parts of [0, 1) for which the start of the search is known: a power of two, so that u * PARTS is exact. */
const PARTS = 256;

/** A distribution, and for each part of [0, 1) the place where the search for u begins. */
interface Inverse {
  readonly distribution: Float64Array;
  readonly starts: Uint16Array;
}

const inverseOf = (mean: number): Inverse => {
  const distribution = poissonDistribution(mean);
  const starts = new Uint16Array(PARTS);
  for (let part = 1; part < PARTS; part++)
    starts[part] = poissonAt(distribution, part / PARTS, starts[part - 1]);
  return { distribution, starts };
};

const draw = ({ distribution, starts }: Inverse, u: number): number =>
  poissonAt(distribution, u, starts[Math.floor(u * PARTS)]);

/** For each power of two of photons for white, the distributions of the bytes made so far. They never change. */
const known: readonly (Inverse | undefined)[][] = Array.from({ length: 9 }, () => []);

/** The number of different bytes, rounded up to a power of two: the number of photons for white. */
const levelsOf = (bytes: Uint8Array): number => {
  const isThere = new Uint8Array(256);
  for (let i = 0; i < bytes.length; i++) isThere[bytes[i] as number] = 1;
  const count = isThere.reduce((sum, one) => sum + one, 0);
  let levels = 1;
  while (levels < count) levels *= 2;
  return levels;
};

/**
 * The picture with Poisson noise added, as Real-ESRGAN adds it (BasicSR, basicsr/data/degradations.py). The signal is
 * the picture's bytes, and white counts as a number of photons: the number of different bytes, rounded up to a power of
 * two. Values may leave 0..1.
 */
export const withPoissonNoise = (
  picture: FloatPicture,
  { scale, grey, place: { source, position } }: PoissonNoise,
): FloatPicture => {
  const { width, height, data } = picture;
  const bytes = grey ? luminance(picture) : toBytes(picture).data;
  const levels = levelsOf(bytes);
  const inverses = known[31 - Math.clz32(levels)] ?? [];
  const inverseAt = (byte: number): Inverse => {
    const made = inverses[byte] ?? inverseOf((byte / 255) * levels);
    inverses[byte] = made;
    return made;
  };
  const noisy = data.slice();
  inChunks(bytes.length, (from, length) => {
    const noise = uniform(source, position + from, length);
    for (let i = 0; i < length; i++) {
      const byte = bytes[from + i] as number;
      noise[i] = draw(inverseAt(byte), noise[i] as number) / levels - byte / 255;
    }
    addNoise(noisy, noise, from, scale, grey);
  });
  return { width, height, data: noisy };
};
