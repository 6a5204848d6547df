/** Weights in 16 bits: how far they may be from the unrounded ones, and how this changes results. */
import type { HostWeights } from "@tadsr/model";

export interface Rounding {
  readonly type: "F16" | "BF16";
  /** Half of the distance between neighbouring numbers near 1: the largest relative rounding error. */
  readonly unit: number;
  /** Smaller numbers keep fewer digits: their error is at most unit * least. */
  readonly least: number;
}

const ROUNDINGS: readonly Rounding[] = [
  { type: "BF16", unit: 2 ** -8, least: 2 ** -126 },
  { type: "F16", unit: 2 ** -11, least: 2 ** -14 },
];

/** The coarsest rounding of a file's numbers; null if all are at least float32. */
export const roundingOf = (types: readonly string[]): Rounding | null =>
  ROUNDINGS.find(({ type }) => types.includes(type)) ?? null;

/** Agreement of a whole network with the recorded numbers in float32 (the bound). */
export const NETWORK_TOLERANCE = 1e-4;

/**
 * A network adds up the errors of its layers' weights, and norms and attention amplify them. Measured on the recorded
 * autoencoder: there 16-bit weights change the result by 2 to 4 units.
 */
const UNITS = 16;

/** For a network's result, relative to its largest number. */
export const toleranceOf = (rounding: Rounding | null): number =>
  rounding === null ? NETWORK_TOLERANCE : UNITS * rounding.unit;

/**
 * The largest error of the rounded weights relative to the unrounded ones, element by element. It is at most the
 * rounding's unit; without rounding it must be 0. Infinite if tensors or sizes differ.
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
