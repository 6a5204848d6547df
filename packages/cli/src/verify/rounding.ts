/** Weights kept in 16 bits: how far they may be from the unrounded ones, and what comes of it. */
import type { HostWeights } from "@tadsr/model";

export interface Rounding {
  readonly type: "F16" | "BF16";
  /** Half of the distance between neighbouring numbers near 1: the largest relative error of rounding. */
  readonly unit: number;
  /** Below it a number keeps fewer digits: there the error is at most unit * least. */
  readonly least: number;
}

const ROUNDINGS: readonly Rounding[] = [
  { type: "BF16", unit: 2 ** -8, least: 2 ** -126 },
  { type: "F16", unit: 2 ** -11, least: 2 ** -14 },
];

/** The coarsest rounding of a file's numbers; null where all have float32 at least. */
export const roundingOf = (types: readonly string[]): Rounding | null =>
  ROUNDINGS.find(({ type }) => types.includes(type)) ?? null;

/** Agreement of a whole network with the recorded numbers in float32 (the bound). */
export const NETWORK_TOLERANCE = 1e-4;

/**
 * A network's layers add their weights' errors up, and norms and attention amplify them. Measured on the
 * recorded autoencoder, where 16-bit weights are 2 to 4 units off in the result.
 */
const UNITS = 16;

/** For what a network computes, relative to its largest number. */
export const toleranceOf = (rounding: Rounding | null): number =>
  rounding === null ? NETWORK_TOLERANCE : UNITS * rounding.unit;

/**
 * The largest error of the rounded weights relative to the unrounded ones, element by element: at most the
 * rounding's unit. Without rounding they are to be the same. Infinite where tensors or sizes differ.
 */
export const roundingError = (
  rounded: HostWeights,
  unrounded: HostWeights,
  rounding: Rounding | null,
): number => {
  let error = 0;
  for (const [name, { data }] of Object.entries(unrounded)) {
    const found = rounded[name]?.data;
    if (found === undefined || found.length !== data.length) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [found[i] ?? Number.NaN, data[i] ?? Number.NaN];
      if (a === b) continue;
      const relative = Math.abs(a - b) / Math.max(Math.abs(b), rounding?.least ?? 0);
      if (!(relative <= error)) error = Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative;
    }
  }
  return error;
};
