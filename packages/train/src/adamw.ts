/** AdamW and the moving average of the weights, over the tensor algebra. */
import type { Pointwise, Tensors } from "@tadsr/core";

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled: each step subtracts learningRate * weightDecay * weight from the weight. */
  readonly weightDecay: number;
}

export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** First and second moments of the gradient, under the names of their weights. */
export interface Moments<T> {
  readonly first: Tensors<T>;
  readonly second: Tensors<T>;
}

export interface Updated<T> extends Moments<T> {
  readonly weights: Tensors<T>;
}

const expected = <T>(tensors: Tensors<T>, name: string, what: string): T => {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`AdamW: ${what} of ${name} is missing`);
  return tensor;
};

/**
 * One step; `step` counts from 1. With g the gradient:
 * m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
 * w = w - rate (m / (1 - beta1^step) / (sqrt(v / (1 - beta2^step)) + epsilon) + weightDecay w).
 */
export const adamwStep =
  <T>(algebra: Pointwise<T>, options: AdamWOptions = ADAMW_DEFAULTS) =>
  (
    weights: Tensors<T>,
    gradients: Tensors<T>,
    moments: Moments<T>,
    rate: number,
    step: number,
  ): Updated<T> => {
    const { beta1, beta2, epsilon, weightDecay } = options;
    const { add, scale, offset, square, sqrt, divide, subtract } = algebra;
    const firstCorrection = 1 - beta1 ** step;
    const root = Math.sqrt(1 - beta2 ** step);
    const entries = Object.entries(weights).map(([name, weight]) => {
      const gradient = expected(gradients, name, "the gradient");
      const first = add(
        scale(expected(moments.first, name, "the first moment"), beta1),
        scale(gradient, 1 - beta1),
      );
      const second = add(
        scale(expected(moments.second, name, "the second moment"), beta2),
        scale(square(gradient), 1 - beta2),
      );
      // Numerator and denominator are multiplied by the root of the second correction: one pass less over the moments.
      const change = scale(
        divide(first, offset(sqrt(second), epsilon * root)),
        (rate * root) / firstCorrection,
      );
      const decayed = weightDecay === 0 ? weight : scale(weight, 1 - rate * weightDecay);
      return { name, weight: subtract(decayed, change), first, second };
    });
    return {
      weights: Object.fromEntries(entries.map(({ name, weight }) => [name, weight])),
      first: Object.fromEntries(entries.map(({ name, first }) => [name, first])),
      second: Object.fromEntries(entries.map(({ name, second }) => [name, second])),
    };
  };

/** decay * average + (1 - decay) * weights. */
export const movingAverage =
  <T>(algebra: Pointwise<T>, decay: number) =>
  (average: Tensors<T>, weights: Tensors<T>): Tensors<T> =>
    Object.fromEntries(
      Object.entries(weights).map(([name, weight]) => [
        name,
        algebra.add(
          algebra.scale(expected(average, name, "the average"), decay),
          algebra.scale(weight, 1 - decay),
        ),
      ]),
    );

export interface LearningRate {
  readonly peak: number;
  /** Steps of linear warm-up from 0. */
  readonly warmUp: number;
  /** `constant` after the warm-up (as in the paper), or half a cosine down to 0 at the last step. */
  readonly decay: "constant" | "cosine";
}

/** The rate at a step, counted from 1, of `total` steps. */
export const learningRateAt = (
  { peak, warmUp, decay }: LearningRate,
  step: number,
  total: number,
): number => {
  if (step <= warmUp) return (peak * step) / warmUp;
  if (decay === "constant") return peak;
  const progress = (step - warmUp) / Math.max(1, total - warmUp);
  return (peak * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
};
