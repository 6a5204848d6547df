/** An engine with exact gradients in float64, by dual numbers: one forward pass for each parameter element. */
import {
  type Algebra,
  type Differentiate,
  type Engine,
  type GroupNormOptions,
  referenceAlgebra as R,
  type ReferenceTensor,
  referenceEngine,
  type Tensors,
} from "@tadsr/core";
import { attention, windowAttention } from "./dual-attention.ts";

/** A value and its derivative in the direction of one parameter element. */
export interface Dual {
  readonly value: ReferenceTensor;
  readonly tangent: ReferenceTensor;
}

const map = (a: ReferenceTensor, f: (x: number) => number): ReferenceTensor => ({
  shape: a.shape,
  data: a.data.map(f),
});

const constant = (value: ReferenceTensor): Dual => ({ value, tangent: R.scale(value, 0) });

const linear =
  (f: (a: ReferenceTensor) => ReferenceTensor) =>
  ({ value, tangent }: Dual): Dual => ({ value: f(value), tangent: f(tangent) });

const elementwise =
  (f: (a: ReferenceTensor) => ReferenceTensor, derivative: (x: number) => number) =>
  ({ value, tangent }: Dual): Dual => ({
    value: f(value),
    tangent: R.multiply(map(value, derivative), tangent),
  });

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The derivative of an operation that is linear in each of two operands and in a bias. */
const bilinear =
  (f: (a: ReferenceTensor, b: ReferenceTensor, bias: ReferenceTensor | null) => ReferenceTensor) =>
  (a: Dual, b: Dual, bias: Dual | null): Dual => ({
    value: f(a.value, b.value, bias?.value ?? null),
    tangent: R.add(f(a.tangent, b.value, bias?.tangent ?? null), f(a.value, b.tangent, null)),
  });

/** y = x / r, r = sqrt(mean x^2 + epsilon): y' = (x' - y mean(x x') / r) / r at each pixel. */
const channelNorm = ({ value: x, tangent }: Dual, epsilon: number): Dual => {
  const value = R.channelNorm(x, epsilon);
  const c = x.shape[3] as number;
  const mean = (a: Float64Array, b: Float64Array, pixel: number): number => {
    let sum = 0;
    for (let i = pixel * c; i < (pixel + 1) * c; i++) sum += (a[i] as number) * (b[i] as number);
    return sum / c;
  };
  const data = tangent.data.map((dx, i) => {
    const pixel = Math.floor(i / c);
    const r = Math.sqrt(mean(x.data, x.data, pixel) + epsilon);
    return (dx - ((value.data[i] as number) * mean(x.data, tangent.data, pixel)) / r) / r;
  });
  return { value, tangent: { shape: x.shape, data } };
};

/** Phi(x) + x phi(x), Phi(x) = gelu(x) / x. */
const geluSlope = (x: number): number => {
  const below = x === 0 ? 0.5 : (R.gelu({ shape: [1], data: Float64Array.of(x) }).data[0] as number) / x;
  return below + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
};

/** With x' the normalised image, r = 1 / sqrt(variance + epsilon): d x' = r (da - mean da - x' mean(da x')). */
const groupNorm = (a: Dual, weight: Dual, bias: Dual, options: GroupNormOptions): Dual => {
  const [n, h, w, c] = a.value.shape as [number, number, number, number];
  const [ones, none] = [map(weight.value, () => 1), map(weight.value, () => 0)];
  const normal = R.groupNorm(a.value, ones, none, options);
  const groupOf = (i: number): number =>
    Math.floor(i / (h * w * c)) * options.groups + Math.floor((i % c) / (c / options.groups));
  const means = (f: (i: number) => number): Float64Array => {
    const sums = new Float64Array(n * options.groups);
    for (let i = 0; i < n * h * w * c; i++) sums[groupOf(i)] = (sums[groupOf(i)] as number) + f(i);
    return sums.map((sum) => sum / ((h * w * c) / options.groups));
  };
  const at = (x: Float64Array, i: number): number => x[i] as number;
  const [x, dx] = [a.value.data, a.tangent.data];
  const mean = means((i) => at(x, i));
  const variance = means((i) => (at(x, i) - at(mean, groupOf(i))) ** 2);
  const [ofMean, ofDeviation] = [means((i) => at(dx, i)), means((i) => at(dx, i) * at(normal.data, i))];
  const tangent = dx.map((d, i) => {
    const group = groupOf(i);
    const centred = d - at(ofMean, group) - at(normal.data, i) * at(ofDeviation, group);
    const slope = centred / Math.sqrt(at(variance, group) + options.epsilon);
    return (
      slope * at(weight.value.data, i % c) +
      at(normal.data, i) * at(weight.tangent.data, i % c) +
      at(bias.tangent.data, i % c)
    );
  });
  return {
    value: R.groupNorm(a.value, weight.value, bias.value, options),
    tangent: { shape: a.value.shape, data: tangent },
  };
};

/** d (W / s) = dW / s - W ds / s^2 with s = u W v. */
const spectralNormalize = ({ value, tangent }: Dual, { value: u }: Dual, { value: v }: Dual): Dual => {
  const product = (weight: ReferenceTensor): number =>
    weight.data.reduce(
      (sum, x, i) =>
        sum + x * (u.data[Math.floor(i / v.data.length)] as number) * (v.data[i % v.data.length] as number),
      0,
    );
  const [sigma, slope] = [product(value), product(tangent)];
  return {
    value: R.spectralNormalize(value, u, v),
    tangent: R.subtract(R.scale(tangent, 1 / sigma), R.scale(value, slope / sigma ** 2)),
  };
};

export const dualAlgebra: Algebra<Dual> = {
  add: (a, b) => ({ value: R.add(a.value, b.value), tangent: R.add(a.tangent, b.tangent) }),
  subtract: (a, b) => ({
    value: R.subtract(a.value, b.value),
    tangent: R.subtract(a.tangent, b.tangent),
  }),
  multiply: (a, b) => bilinear((x, y) => R.multiply(x, y))(a, b, null),
  divide: (a, b) => {
    const value = R.divide(a.value, b.value);
    const tangent = R.divide(R.subtract(a.tangent, R.multiply(value, b.tangent)), b.value);
    return { value, tangent };
  },
  scale: (a, factor) => linear((x) => R.scale(x, factor))(a),
  offset: ({ value, tangent }, by) => ({ value: R.offset(value, by), tangent }),
  square: elementwise(R.square, (x) => 2 * x),
  sqrt: elementwise(R.sqrt, (x) => 1 / (2 * Math.sqrt(x))),
  abs: elementwise(R.abs, Math.sign),
  relu: elementwise(R.relu, (x) => (x > 0 ? 1 : 0)),
  softplus: elementwise(R.softplus, sigmoid),
  mean: linear(R.mean),
  stopGradient: ({ value }) => constant(value),
  silu: elementwise(R.silu, (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
  relu6: elementwise(R.relu6, (x) => (x > 0 && x < 6 ? 1 : 0)),
  conv2d: (a, w, bias, options) => bilinear((x, y, b) => R.conv2d(x, y, b, options))(a, w, bias),
  depthwiseConv2d: (a, w, bias, options) =>
    bilinear((x, y, b) => R.depthwiseConv2d(x, y, b, options))(a, w, bias),
  linear: bilinear(R.linear),
  upsampleNearest: (a, factor) => linear((x) => R.upsampleNearest(x, factor))(a),
  spaceToDepth: (a, factor) => linear((x) => R.spaceToDepth(x, factor))(a),
  depthToSpace: (a, factor) => linear((x) => R.depthToSpace(x, factor))(a),
  concatChannels: (images) => ({
    value: R.concatChannels(images.map(({ value }) => value)),
    tangent: R.concatChannels(images.map(({ tangent }) => tangent)),
  }),
  sliceChannels: (a, start, length) => linear((x) => R.sliceChannels(x, start, length))(a),
  channelNorm,
  modulate: (a, gamma, beta) => {
    const value = R.modulate(a.value, gamma?.value ?? null, beta.value);
    const shifted = R.modulate(a.tangent, gamma?.value ?? null, beta.tangent);
    if (gamma === null) return { value, tangent: shifted };
    const scaled = R.modulate(a.value, R.offset(gamma.tangent, -1), R.scale(beta.tangent, 0));
    return { value, tangent: R.add(shifted, scaled) };
  },
  leakyRelu: (a, slope) =>
    elementwise(
      (x) => R.leakyRelu(x, slope),
      (x) => (x > 0 ? 1 : slope),
    )(a),
  gelu: elementwise(R.gelu, geluSlope),
  // d prelu(x, p) = dx if x > 0, else p dx + x dp.
  prelu: ({ value: x, tangent: dx }, { value: p, tangent: dp }) => ({
    value: R.prelu(x, p),
    tangent: {
      shape: x.shape,
      data: x.data.map((value, i) => {
        const [channel, slope] = [i % p.data.length, dx.data[i] as number];
        if (value > 0) return slope;
        return (p.data[channel] as number) * slope + value * (dp.data[channel] as number);
      }),
    },
  }),
  groupNorm,
  attention,
  windowAttention,
  nearestIndices: (image, codebook) => constant(R.nearestIndices(image.value, codebook.value)),
  takeRows: (indices, codebook) => linear((rows) => R.takeRows(indices.value, rows))(codebook),
  sequenceConvolution: bilinear(R.sequenceConvolution),
  spectralNormalize,
  leftSingular: (weight, v) => constant(R.leftSingular(weight.value, v.value)),
  rightSingular: (weight, u) => constant(R.rightSingular(weight.value, u.value)),
};

const differentiate: Differentiate<Dual> = (parameters, objective) => {
  const along = (name: string, element: number): number => {
    const seeded = Object.fromEntries(
      Object.entries(parameters).map(([key, { value }]) => {
        const tangent = R.scale(value, 0);
        if (key === name) tangent.data[element] = 1;
        return [key, { value, tangent }];
      }),
    );
    return objective(seeded).loss.tangent.data[0] as number;
  };
  const gradients: Tensors<Dual> = Object.fromEntries(
    Object.entries(parameters).map(([name, { value }]) => [
      name,
      constant({ shape: value.shape, data: value.data.map((_, element) => along(name, element)) }),
    ]),
  );
  return { ...objective(parameters), gradients };
};

/** The engine, with parts of its algebra or its differentiation replaced. */
export const dualEngine = (
  algebra: Partial<Algebra<Dual>> = {},
  change: (original: Differentiate<Dual>) => Differentiate<Dual> = (original) => original,
): Engine<Dual> => ({
  name: "dual",
  epsilon: referenceEngine.epsilon,
  algebra: { ...dualAlgebra, ...algebra },
  upload: (kind, array) => constant(referenceEngine.upload(kind, array)),
  download: (kind, { value }) => referenceEngine.download(kind, value),
  scope: (work) => work(),
  release: () => undefined,
  liveTensors: () => 0,
  differentiate: change(differentiate),
  close: async () => undefined,
});
