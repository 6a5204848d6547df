/** The result of a verification in a few numbers. */
import type { Row, Verdict } from "./row.ts";

export interface Summary {
  /** The number of rows of each verdict. */
  readonly counts: Readonly<Record<Verdict, number>>;
  /** The row with the largest error, except those of weights in 16 bits; null if nothing was compared. */
  readonly largest: Row | null;
  /** The row with the largest error of weights in 16 bits; null if there are none. */
  readonly largestRounded: Row | null;
}

/** Of the rows with an error, the first whose error is largest. An infinite error is the largest. */
const largestOf = (rows: readonly Row[]): Row | null =>
  rows.reduce<Row | null>(
    (worst, row) => (row.error !== null && row.error > (worst?.error ?? -1) ? row : worst),
    null,
  );

export const summaryOf = (rows: readonly Row[]): Summary => {
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  return {
    counts: {
      ok: count("ok"),
      mismatch: count("mismatch"),
      "not run": count("not run"),
      absent: count("absent"),
    },
    largest: largestOf(rows.filter(({ isRounded }) => isRounded !== true)),
    largestRounded: largestOf(rows.filter(({ isRounded }) => isRounded === true)),
  };
};
