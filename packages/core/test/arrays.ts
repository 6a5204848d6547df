/** The pointwise algebra on plain arrays. A batch is one list, with one sample after the other. */
import type { Neural, Pointwise } from "../src/index.ts";

export type Numbers = readonly number[];

const zip =
  (formula: (a: number, b: number) => number) =>
  (a: Numbers, b: Numbers): Numbers => {
    if (a.length !== b.length) throw new RangeError(`lengths ${a.length} and ${b.length} differ`);
    return a.map((a_i, i) => formula(a_i, b[i] ?? Number.NaN));
  };

const map =
  (formula: (a: number) => number) =>
  (a: Numbers): Numbers =>
    a.map(formula);

export const arrays: Pointwise<Numbers> & Pick<Neural<Numbers>, "modulate"> = {
  add: zip((a, b) => a + b),
  subtract: zip((a, b) => a - b),
  multiply: zip((a, b) => a * b),
  divide: zip((a, b) => a / b),
  scale: (a, factor) => {
    if (typeof factor === "number") return a.map((a_i) => a_i * factor);
    const size = a.length / factor.length;
    return a.map((a_i, i) => a_i * (factor[Math.floor(i / size)] ?? Number.NaN));
  },
  offset: (a, constant) => a.map((a_i) => a_i + constant),
  square: map((a) => a * a),
  sqrt: map(Math.sqrt),
  abs: map(Math.abs),
  relu: map((a) => Math.max(0, a)),
  softplus: map((a) => Math.max(0, a) + Math.log1p(Math.exp(-Math.abs(a)))),
  mean: (a) => [a.reduce((sum, a_i) => sum + a_i, 0) / a.length],
  stopGradient: (a) => a,
  /** One sample, pixel after pixel; gamma and beta have one number for each channel. */
  modulate: (image, gamma, beta) =>
    image.map(
      (x, i) =>
        x * (gamma === null ? 1 : 1 + (gamma[i % gamma.length] ?? Number.NaN)) +
        (beta[i % beta.length] ?? Number.NaN),
    ),
};

/** The largest |a_i - b_i| relative to the largest magnitude among `a`, `b` and 1. */
export const distance = (a: Numbers, b: Numbers): number => {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const size = Math.max(1, ...a.map(Math.abs), ...b.map(Math.abs));
  const largest = Math.max(0, ...a.map((a_i, i) => Math.abs(a_i - (b[i] ?? Number.NaN))));
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest / size;
};
