/** Asymmetric generalised Gaussian distributions, fitted by moments. NIQE describes coefficients by them. */
import { logGamma } from "./log-gamma.ts";
import { pairwiseSum } from "./pairwise-sum.ts";
import { type Precision, ROUNDING } from "./precision.ts";

export interface Fit {
  /** 0.2 to 10: 2 is a Gaussian, 1 is Laplace's distribution. */
  readonly shape: number;
  /** Width of the values below zero. NaN if there are none. */
  readonly left: number;
  /** Width of the values above zero. NaN if there are none. */
  readonly right: number;
}

const LEAST = 0.2;
const STEP = 0.001;
const SHAPES = Float64Array.from({ length: 9801 }, (_, i) => LEAST + i * STEP);

/** E[|x|]^2 / E[x^2] of each shape; it grows with the shape. */
const RATIOS = SHAPES.map((shape) =>
  Math.exp(2 * logGamma(2 / shape) - logGamma(1 / shape) - logGamma(3 / shape)),
);

/** The index of the ratio nearest to this one. For NaN it is 0, as in numpy's `argmin`: basicsr's numbers need it. */
const nearest = (ratio: number): number => {
  let [low, high] = [0, RATIOS.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((RATIOS[middle] as number) <= ratio) low = middle;
    else high = middle;
  }
  return (RATIOS[high] as number) - ratio < ratio - (RATIOS[low] as number) ? high : low;
};

/** Its mean: (right - left) Gamma(2 / shape) / Gamma(1 / shape), Eq 8 of NIQE's paper. */
export const meanOfFit = ({ shape, left, right }: Fit): number =>
  (right - left) * Math.exp(logGamma(2 / shape) - logGamma(1 / shape));

/** The moments that determine the shape: both sides' deviations, and squared mean magnitude over mean square. */
interface Moments {
  readonly left: number;
  readonly right: number;
  readonly ratio: number;
}

const momentsInDouble = (values: Float64Array): Moments => {
  let [below, squaresBelow, above, squaresAbove, magnitudes] = [0, 0, 0, 0, 0];
  for (const value of values) {
    if (value < 0) {
      below++;
      squaresBelow += value * value;
      magnitudes -= value;
    } else if (value > 0) {
      above++;
      squaresAbove += value * value;
      magnitudes += value;
    }
  }
  return {
    left: Math.sqrt(squaresBelow / below),
    right: Math.sqrt(squaresAbove / above),
    ratio: magnitudes ** 2 / values.length / (squaresBelow + squaresAbove),
  };
};

const meanInSingle = (values: Float32Array): number => Math.fround(pairwiseSum(values) / values.length);

const momentsInSingle = (values: Float64Array): Moments => {
  const single = Float32Array.from(values);
  const deviation = (side: Float32Array): number =>
    Math.fround(Math.sqrt(meanInSingle(side.map((value) => value * value))));
  const magnitude = meanInSingle(single.map(Math.abs));
  return {
    left: deviation(single.filter((value) => value < 0)),
    right: deviation(single.filter((value) => value > 0)),
    ratio: Math.fround(
      Math.fround(magnitude * magnitude) / meanInSingle(single.map((value) => value * value)),
    ),
  };
};

/** The ratio for a symmetric distribution of the same shape. */
const evened = ({ left, right, ratio }: Moments, round: (value: number) => number): number => {
  const skew = round(left / right);
  const wide = round(round(ratio * round(round(skew ** 3) + 1)) * round(skew + 1));
  return round(wide / round(round(round(skew ** 2) + 1) ** 2));
};

/**
 * The fit of NIQE's paper (after Lasmar, Stitou and Berthoumieu 2009). Two ratios give the shape by a table in steps of
 * 0.001: that of the two sides' deviations, and that of the squared mean magnitude to the mean square.
 */
export const fitGeneralisedGaussian = (values: Float64Array, precision: Precision): Fit => {
  const moments = precision === "double" ? momentsInDouble(values) : momentsInSingle(values);
  const shape = SHAPES[nearest(evened(moments, ROUNDING[precision]))] as number;
  const width = Math.exp((logGamma(1 / shape) - logGamma(3 / shape)) / 2);
  return { shape, left: moments.left * width, right: moments.right * width };
};
