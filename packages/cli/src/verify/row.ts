/** One line of what `tadsr verify` found. */
export type Verdict =
  /** Recomputed here, and equal within the tolerance. */
  | "ok"
  /** Recomputed here, and different; or what is recorded cannot be read. */
  | "mismatch"
  /** The engine cannot compute it. */
  | "not run"
  /** What this check compares is not recorded. */
  | "absent";

export interface Row {
  /** The manifest's entry, or the file beside it and the part of it. */
  readonly entry: string;
  readonly check: string;
  readonly verdict: Verdict;
  /** By `relativeError` or `elementError`; null where nothing was compared. */
  readonly error: number | null;
  readonly tolerance: number | null;
  readonly note: string;
  /** Of weights in half or bfloat16 against numbers of the unrounded ones. */
  readonly isRounded?: boolean;
}

type Numbers = ArrayLike<number>;

/**
 * max |a - b| / max |b|. Where everything recorded is 0, the largest |a|. Infinite where the lengths
 * differ or a number is not finite, so that no comparison lets those pass.
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
 * The largest |a - b| / |b| of any element, |a| where b is 0; each multiplied by its `weight`, which
 * divides out a loss of digits that the quantity itself implies. Infinite as `relativeError` is.
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

/** A comparison, judged. */
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
/** Recorded so that it cannot be right. */
export const broken = without("mismatch");

/** The row, with `more` behind its note. */
export const noted = (row: Row, more: string): Row => ({
  ...row,
  note: [row.note, more].filter((part) => part !== "").join("; "),
});

/**
 * The row, but right all the same where the two differ by no more than `slack`: a sum of numbers that cancel
 * is only as good as float32 is for the numbers. Infinite errors stay wrong.
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
