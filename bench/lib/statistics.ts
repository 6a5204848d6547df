/** Summaries of a list of times or of ratios. */
import * as NEA from "fp-ts/lib/NonEmptyArray.js";
import * as N from "fp-ts/lib/number.js";

export type Samples = NEA.NonEmptyArray<number>;

/**
 * The value below which the part `p` (0 to 1) of the samples is, interpolated between the two nearest: the sample of
 * rank p (n - 1), counted from 0.
 */
const quantile = (samples: Samples, p: number): number => {
  const sorted = NEA.sort(N.Ord)(samples);
  const rank = p * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
};

/** In the unit of the samples, except for `spread`, which is relative. */
export interface Summary {
  readonly count: number;
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  /** How noisy the samples are: the distance between the quartiles divided by the median. */
  readonly spread: number;
}

export const summarise = (samples: Samples): Summary => {
  const lowerQuartile = quantile(samples, 0.25);
  const median = quantile(samples, 0.5);
  const upperQuartile = quantile(samples, 0.75);
  return {
    count: samples.length,
    minimum: quantile(samples, 0),
    lowerQuartile,
    median,
    upperQuartile,
    spread: (upperQuartile - lowerQuartile) / median,
  };
};
