/** What NIQE's first scale is computed in. */

/**
 * "double": float64, as in MATLAB, where NIQE comes from. "single": float32, as basicsr's `calculate_niqe`. On a flat part
 * they differ: rounding errors of float64 are values of either sign there, which NIQE counts, and float32 has zeros.
 */
export type Precision = "double" | "single";

/** A result as it is kept. */
export const ROUNDING: Readonly<Record<Precision, (value: number) => number>> = {
  double: (value) => value,
  single: Math.fround,
};
