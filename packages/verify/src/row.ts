/** One line of the result of a verification: what was compared, and how well it agrees. */
export type Verdict =
  /** Recomputed here, and equal within the tolerance. */
  | "ok"
  /** Recomputed here, and different; or the record cannot be read. */
  | "mismatch"
  /** The engine cannot compute it. */
  | "not run"
  /** The record lacks what this check compares. */
  | "absent";

export interface Row {
  /** The manifest's entry, or the file beside it and a part of it. */
  readonly entry: string;
  readonly check: string;
  readonly verdict: Verdict;
  /** By `relativeError` or `elementError`; null if nothing was compared. */
  readonly error: number | null;
  readonly tolerance: number | null;
  readonly note: string;
  /** Whether half or bfloat16 weights were compared with numbers of the unrounded ones. */
  readonly isRounded?: boolean;
}

type Numbers = ArrayLike<number>;

/**
 * max |a - b| / max |b|. If all recorded numbers are 0, the largest |a|. Infinite if the lengths differ or a number is
 * not finite, so that no comparison accepts those.
 */
export const relativeError = (computed: Numbers, recorded: Numbers): number => {
  if (computed.length !== recorded.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < recorded.length; i++) {
    const a = computed[i] ?? Number.NaN;
    const b = recorded[i] ?? Number.NaN;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(a - b));
    size = Math.max(size, Math.abs(b));
  }
  return size === 0 ? difference : difference / size;
};

/**
 * The largest |a - b| / |b| of any element, or |a| if b is 0. Each is multiplied by its `weight`, which cancels the
 * loss of digits that the quantity itself implies. Infinite in the same cases as `relativeError`.
 */
export const elementError =
  (weight: (i: number) => number = () => 1) =>
  (computed: Numbers, recorded: Numbers): number => {
    if (computed.length !== recorded.length) return Number.POSITIVE_INFINITY;
    let error = 0;
    for (let i = 0; i < recorded.length; i++) {
      const a = computed[i] ?? Number.NaN;
      const b = recorded[i] ?? Number.NaN;
      if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
      error = Math.max(error, (Math.abs(a - b) / (b === 0 ? 1 : Math.abs(b))) * weight(i));
    }
    return error;
  };

/** A row for a comparison: ok or a mismatch. */
export const compared = (
  entry: string,
  check: string,
  computed: Numbers,
  recorded: Numbers,
  tolerance: number,
  measure: (computed: Numbers, recorded: Numbers) => number = relativeError,
): Row => {
  const error = measure(computed, recorded);
  const note =
    computed.length === recorded.length
      ? ""
      : `${recorded.length} numbers are recorded, ${computed.length} expected`;
  return { entry, check, verdict: error <= tolerance ? "ok" : "mismatch", error, tolerance, note };
};

const without =
  (verdict: Verdict) =>
  (entry: string, check: string, note: string): Row => ({
    entry,
    check,
    verdict,
    error: null,
    tolerance: null,
    note,
  });

export const notRun = without("not run");
export const absent = without("absent");
/** The record cannot be right. */
export const broken = without("mismatch");

/** The row with `more` added to its note. */
export const noted = (row: Row, more: string): Row => ({
  ...row,
  note: [row.note, more].filter((part) => part !== "").join("; "),
});

/**
 * The row, but ok if the two differ by no more than `slack`: a sum of numbers that cancel is only as exact as float32
 * is for the numbers. Infinite errors stay mismatches.
 */
export const forgiven = (row: Row, computed: number, recorded: number, slack: number): Row => {
  const difference = Math.abs(computed - recorded);
  return row.verdict === "mismatch" && difference <= slack
    ? noted(
        { ...row, verdict: "ok" },
        `they differ by ${difference.toExponential(1)}: it is a sum that cancels`,
      )
    : row;
};
