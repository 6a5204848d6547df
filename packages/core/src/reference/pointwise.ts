/** The pointwise part of the algebra in float64. */
import type { Pointwise } from "../algebra.ts";
import type { PerSample } from "../notation.ts";
import { isSameShape, shapeText } from "../shape.ts";
import { normalDistribution } from "./error-function.ts";
import { demand, imageShape, type ReferenceTensor, tensor } from "./tensor.ts";

const map = (a: ReferenceTensor, f: (x: number) => number): ReferenceTensor => tensor(a.shape, a.data.map(f));

const zip =
  (operation: string, f: (x: number, y: number) => number) =>
  (a: ReferenceTensor, b: ReferenceTensor): ReferenceTensor => {
    demand(
      isSameShape(a.shape, b.shape),
      operation,
      () => `${shapeText(a.shape)} and ${shapeText(b.shape)}`,
      () => "two equal shapes",
    );
    const data = new Float64Array(a.data.length);
    for (let i = 0; i < data.length; i++) data[i] = f(a.data[i] as number, b.data[i] as number);
    return tensor(a.shape, data);
  };

const scale = (a: ReferenceTensor, factor: PerSample): ReferenceTensor => {
  if (typeof factor === "number") return map(a, (x) => x * factor);
  demand(
    a.shape.length > 0 && a.shape[0] === factor.length,
    "scale",
    () => `${factor.length} factors for ${shapeText(a.shape)}`,
    () => "one factor for each sample, the first axis",
  );
  const sample = a.data.length / factor.length;
  return tensor(
    a.shape,
    a.data.map((x, i) => x * (factor[Math.floor(i / sample)] as number)),
  );
};

const mean = (a: ReferenceTensor): ReferenceTensor => {
  demand(
    a.data.length > 0,
    "mean",
    () => shapeText(a.shape),
    () => "at least one element",
  );
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += a.data[i] as number;
  return tensor([], Float64Array.of(sum / a.data.length));
};

/** ln(1 + e^x) as max(x, 0) + ln(1 + e^-|x|), which cannot overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const pointwise: Pointwise<ReferenceTensor> = {
  add: zip("add", (x, y) => x + y),
  subtract: zip("subtract", (x, y) => x - y),
  multiply: zip("multiply", (x, y) => x * y),
  divide: zip("divide", (x, y) => x / y),
  scale,
  offset: (a, constant) => map(a, (x) => x + constant),
  square: (a) => map(a, (x) => x * x),
  sqrt: (a) => map(a, Math.sqrt),
  abs: (a) => map(a, Math.abs),
  relu: (a) => map(a, (x) => Math.max(0, x)),
  softplus: (a) => map(a, softplus),
  mean,
  stopGradient: (a) => tensor(a.shape, a.data),
};

/** x * sigmoid(x). If e^-x overflows, the result is the limit, -0. */
export const silu = (a: ReferenceTensor): ReferenceTensor => map(a, (x) => x / (1 + Math.exp(-x)));

export const relu6 = (a: ReferenceTensor): ReferenceTensor => map(a, (x) => Math.min(Math.max(x, 0), 6));

export const leakyRelu = (a: ReferenceTensor, slope: number): ReferenceTensor =>
  map(a, (x) => (x > 0 ? x : slope * x));

export const gelu = (a: ReferenceTensor): ReferenceTensor => map(a, (x) => x * normalDistribution(x));

/** As `Neural.prelu`. */
export const prelu = (image: ReferenceTensor, slope: ReferenceTensor): ReferenceTensor => {
  const { c } = imageShape("prelu", image);
  demand(
    isSameShape(slope.shape, [c]),
    "prelu",
    () => `image ${shapeText(image.shape)} and slope ${shapeText(slope.shape)}`,
    () => `slope [${c}]`,
  );
  return tensor(
    image.shape,
    image.data.map((x, i) => (x > 0 ? x : (slope.data[i % c] as number) * x)),
  );
};
