/** The precision of NIQE's first scale. */

/**
 * "double": float64, as in MATLAB, where NIQE comes from. "single": float32, as in basicsr's `calculate_niqe`. They
 * differ on flat parts: there float64 has rounding errors of either sign, which NIQE counts as values, and float32 has
 * zeros.
 */
export type Precision = "double" | "single";

/** Rounds a result to the precision in which it is stored. */
export const ROUNDING: Readonly<Record<Precision, (value: number) => number>> = {
  double: (value) => value,
  single: Math.fround,
};
