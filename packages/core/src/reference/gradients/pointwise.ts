/** Pull-backs of the pointwise operations. `dy` is the slope of the result's element. */
import { normalDistribution } from "../error-function.ts";
import type { ReferenceTensor } from "../tensor.ts";
import { addTerms, type PullBackOf } from "./gather.ts";

const at = ({ data }: ReferenceTensor, i: number): number => data[i] as number;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** e^(-x^2 / 2) / sqrt(2 pi). */
const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** dx = f'(x) dy. */
const byDerivative =
  (derivative: (x: number) => number): PullBackOf<"square"> =>
  (slope, gather, a) =>
    addTerms(gather(a), (i) => at(slope, i) * derivative(at(a, i)));

export const add: PullBackOf<"add"> = (slope, gather, a, b) => {
  addTerms(gather(a), (i) => at(slope, i));
  addTerms(gather(b), (i) => at(slope, i));
};

export const subtract: PullBackOf<"subtract"> = (slope, gather, a, b) => {
  addTerms(gather(a), (i) => at(slope, i));
  addTerms(gather(b), (i) => -at(slope, i));
};

export const multiply: PullBackOf<"multiply"> = (slope, gather, a, b) => {
  addTerms(gather(a), (i) => at(slope, i) * at(b, i));
  addTerms(gather(b), (i) => at(slope, i) * at(a, i));
};

export const divide: PullBackOf<"divide"> = (slope, gather, a, b) => {
  addTerms(gather(a), (i) => at(slope, i) / at(b, i));
  addTerms(gather(b), (i) => (-at(slope, i) * at(a, i)) / at(b, i) ** 2);
};

export const scale: PullBackOf<"scale"> = (slope, gather, a, factor) => {
  const sample = typeof factor === "number" ? a.data.length : a.data.length / factor.length;
  const factors = typeof factor === "number" ? [factor] : factor;
  addTerms(gather(a), (i) => at(slope, i) * (factors[Math.floor(i / sample)] as number));
};

export const offset: PullBackOf<"offset"> = (slope, gather, a) => addTerms(gather(a), (i) => at(slope, i));

export const square = byDerivative((x) => 2 * x);
export const sqrt = byDerivative((x) => 1 / (2 * Math.sqrt(x)));
export const abs = byDerivative(Math.sign);
export const relu = byDerivative((x) => (x > 0 ? 1 : 0));
export const softplus = byDerivative(sigmoid);

export const mean: PullBackOf<"mean"> = (slope, gather, a) =>
  addTerms(gather(a), () => at(slope, 0) / a.data.length);

export const silu = byDerivative((x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))));
export const relu6 = byDerivative((x) => (x > 0 && x < 6 ? 1 : 0));
export const gelu = byDerivative((x) => normalDistribution(x) + x * normalDensity(x));

export const leakyRelu: PullBackOf<"leakyRelu"> = (slope, gather, a, negative) =>
  addTerms(gather(a), (i) => at(slope, i) * (at(a, i) > 0 ? 1 : negative));

export const prelu: PullBackOf<"prelu"> = (slope, gather, image, slopes) => {
  const c = slopes.data.length;
  addTerms(gather(image), (i) => at(slope, i) * (at(image, i) > 0 ? 1 : at(slopes, i % c)));
  const ofSlopes = gather(slopes);
  if (ofSlopes === null) return;
  image.data.forEach((x, i) => {
    if (x <= 0) ofSlopes[i % c] = (ofSlopes[i % c] as number) + at(slope, i) * x;
  });
};
