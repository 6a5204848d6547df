/** Blur kernels: Real-ESRGAN's families (Wang et al. 2021, section 3.1; BasicSR, basicsr/data/degradations.py). */
import { direction, exponential, power } from "./elementary.ts";

/** Weights [side, side] by rows, with sum 1. `side` is odd, and the middle weight belongs to the pixel itself. */
export interface Kernel {
  readonly side: number;
  readonly weights: Float64Array;
}

/** The ellipse that a kernel follows. */
export interface Ellipse {
  /** Standard deviation in pixels along the direction `turn`. */
  readonly sigmaAlong: number;
  /** Standard deviation in pixels across it. */
  readonly sigmaAcross: number;
  /** Full turns from the x axis towards the y axis. */
  readonly turn: number;
}

/** The kernel of `side` with weights in proportion to `value` at the offset (x, y) from the middle. */
export const kernelOf = (side: number, value: (x: number, y: number) => number): Kernel => {
  const centre = (side - 1) / 2;
  const weights = new Float64Array(side * side);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = value((i % side) - centre, Math.floor(i / side) - centre);
    weights[i] = weight;
    sum += weight;
  }
  return { side, weights: weights.map((weight) => weight / sum) };
};

/** The squared Mahalanobis distance q of an offset in pixels. */
const squaredDistance = ({ sigmaAlong, sigmaAcross, turn }: Ellipse): ((x: number, y: number) => number) => {
  const [c, s] = direction(turn);
  return (x, y) => {
    const along = (c * x + s * y) / sigmaAlong;
    const across = (c * y - s * x) / sigmaAcross;
    return along * along + across * across;
  };
};

/** exp(-q / 2), the Gaussian. */
export const gaussianKernel = (side: number, ellipse: Ellipse): Kernel => {
  const q = squaredDistance(ellipse);
  return kernelOf(side, (x, y) => exponential(-0.5 * q(x, y)));
};

/** exp(-q^beta / 2): like a box above beta = 1, a peak with long tails below 1, the Gaussian at 1. */
export const generalisedKernel = (side: number, ellipse: Ellipse, beta: number): Kernel => {
  const q = squaredDistance(ellipse);
  return kernelOf(side, (x, y) => exponential(-0.5 * power(q(x, y), beta)));
};

/** 1 / (1 + q^beta): flat inside the ellipse q = 1, a half on it, and a slope outside. */
export const plateauKernel = (side: number, ellipse: Ellipse, beta: number): Kernel => {
  const q = squaredDistance(ellipse);
  return kernelOf(side, (x, y) => 1 / (1 + power(q(x, y), beta)));
};
