/**
 * The result and the cost of each operation. A multiply-add counts as 2 operations. A sum, a product, a comparison, a
 * root, an exponential, a logarithm and an error function count as one each. Moving numbers counts as none. Pixels of
 * padding count like others, since engines compute them.
 */
import { type Algebra, type ConvolutionOptions, elements } from "@tadsr/core";
import { attentionRules } from "./attention-rules.ts";
import type { Shape } from "./shape.ts";
import {
  type CostTensor,
  demand,
  demandSameShapes,
  demandShape,
  demandWhole,
  describe,
  imageSize,
} from "./tensor.ts";

/** `scores`: the numbers that an operation holds besides its operands and its result. */
export interface Outcome {
  readonly shape: Shape;
  readonly flops: number;
  readonly scores?: number;
}

export type Rules = {
  readonly [Name in keyof Algebra<CostTensor>]: (
    ...operands: Parameters<Algebra<CostTensor>[Name]>
  ) => Outcome;
};

/** `each` operations for each element. */
const unary =
  (each: number) =>
  (a: CostTensor): Outcome => ({ shape: a.shape, flops: each * elements(a.shape) });

const binary =
  (operation: string) =>
  (a: CostTensor, b: CostTensor): Outcome => {
    demandSameShapes(operation, [a, b]);
    return { shape: a.shape, flops: elements(a.shape) };
  };

const convolved = (
  operation: string,
  image: CostTensor,
  weight: CostTensor,
  bias: CostTensor | null,
  { stride, padding }: ConvolutionOptions,
  isDepthwise: boolean,
): Outcome => {
  const { n, h, w, c } = imageSize(operation, image);
  const [o = 0, i = 0, kh = 0, kw = 0] = weight.shape;
  demandWhole(operation, "stride", stride, 1);
  demand(
    weight.shape.length === 4 && (isDepthwise ? o === c && i === 1 : i === c),
    operation,
    () => `${describe(image)} and weight ${describe(weight)}`,
    () => (isDepthwise ? `a weight [${c}, 1, kh, kw]` : `a weight [o, ${c}, kh, kw]`),
  );
  if (bias !== null) demandShape(operation, bias, [o]);
  const rows = Math.floor((h + padding.top + padding.bottom - kh) / stride) + 1;
  const columns = Math.floor((w + padding.left + padding.right - kw) / stride) + 1;
  demand(
    rows >= 1 && columns >= 1,
    operation,
    () => describe(image),
    () => `at least the kernel's ${kh} x ${kw} pixels with the padding`,
  );
  const shape = [n, rows, columns, o];
  return { shape, flops: elements(shape) * (2 * i * kh * kw + (bias === null ? 0 : 1)) };
};

const linear = (a: CostTensor, weight: CostTensor, bias: CostTensor | null): Outcome => {
  const inputs = a.shape.at(-1) ?? 0;
  const [outputs = 0] = weight.shape;
  demand(
    a.shape.length === 2 || a.shape.length === 4,
    "linear",
    () => describe(a),
    () => "a matrix [n, i] or an image [n, h, w, i]",
  );
  demandShape("linear", weight, [outputs, inputs]);
  if (bias !== null) demandShape("linear", bias, [outputs]);
  const shape = [...a.shape.slice(0, -1), outputs];
  return { shape, flops: elements(shape) * (2 * inputs + (bias === null ? 0 : 1)) };
};

const spaceToDepth = (image: CostTensor, factor: number): Outcome => {
  const { n, h, w, c } = imageSize("spaceToDepth", image);
  demandWhole("spaceToDepth", "factor", factor, 1);
  demand(
    h % factor === 0 && w % factor === 0,
    "spaceToDepth",
    () => describe(image),
    () => `height and width that ${factor} divides`,
  );
  return { shape: [n, h / factor, w / factor, c * factor * factor], flops: 0 };
};

const depthToSpace = (image: CostTensor, factor: number): Outcome => {
  const { n, h, w, c } = imageSize("depthToSpace", image);
  demandWhole("depthToSpace", "factor", factor, 1);
  demand(
    c % (factor * factor) === 0,
    "depthToSpace",
    () => describe(image),
    () => `channels that ${factor * factor} divides`,
  );
  return { shape: [n, h * factor, w * factor, c / (factor * factor)], flops: 0 };
};

const concatChannels = (images: readonly CostTensor[]): Outcome => {
  const sizes = images.map((image) => imageSize("concatChannels", image));
  const [first] = sizes;
  demand(
    first !== undefined && sizes.every(({ n, h, w }) => n === first.n && h === first.h && w === first.w),
    "concatChannels",
    () => images.map(describe).join(" and ") || "no images",
    () => "images of one batch, height and width",
  );
  const channels = sizes.reduce((sum, { c }) => sum + c, 0);
  return { shape: [first?.n ?? 0, first?.h ?? 0, first?.w ?? 0, channels], flops: 0 };
};

const sliceChannels = (a: CostTensor, start: number, length: number): Outcome => {
  demandWhole("sliceChannels", "start", start, 0);
  demandWhole("sliceChannels", "length", length, 1);
  demand(
    start + length <= (a.shape.at(-1) ?? 0),
    "sliceChannels",
    () => `channels ${start} to ${start + length - 1} of ${describe(a)}`,
    () => "channels of that tensor",
  );
  return { shape: [...a.shape.slice(0, -1), length], flops: 0 };
};

const perSample = (operation: string, image: CostTensor, tensor: CostTensor): void => {
  const { n, c } = imageSize(operation, image);
  demandShape(operation, tensor, [n, c]);
};

const sequenceOf = (operation: string, weight: CostTensor): readonly [number, number, number] => {
  const [o = 0, i = 0, k = 0] = weight.shape;
  demand(
    weight.shape.length === 3,
    operation,
    () => describe(weight),
    () => "a weight [o, i, k]",
  );
  return [o, i, k];
};

const sequenceConvolution = (image: CostTensor, weight: CostTensor, bias: CostTensor | null): Outcome => {
  const { n, h, w, c } = imageSize("sequenceConvolution", image);
  const [o, i, k] = sequenceOf("sequenceConvolution", weight);
  demand(
    i === c && k % 2 === 1 && k <= h * w,
    "sequenceConvolution",
    () => `${describe(image)} and weight ${describe(weight)}`,
    () => `a weight [o, ${c}, k], k odd and at most ${h * w}`,
  );
  if (bias !== null) demandShape("sequenceConvolution", bias, [o]);
  const shape = [n, h, w, o];
  return { shape, flops: elements(shape) * (2 * i * k + (bias === null ? 0 : 1)) };
};

/** W v, its norm, and a division for each element. The vector is as long as the other side. */
const singular = (operation: string, weight: CostTensor, vector: CostTensor, isLeft: boolean): Outcome => {
  const [o, i, k] = sequenceOf(operation, weight);
  demandShape(operation, vector, [isLeft ? i * k : o]);
  const length = isLeft ? o : i * k;
  return { shape: [length], flops: 2 * o * i * k + 3 * length };
};

export const rules: Rules = {
  ...attentionRules,
  add: binary("add"),
  subtract: binary("subtract"),
  multiply: binary("multiply"),
  divide: binary("divide"),
  scale: (a, factor) => {
    demand(
      typeof factor === "number" || factor.length === a.shape[0],
      "scale",
      () => `${describe(a)} and ${typeof factor === "number" ? 1 : factor.length} factors`,
      () => "a factor for each sample",
    );
    return unary(1)(a);
  },
  offset: unary(1),
  square: unary(1),
  sqrt: unary(1),
  abs: unary(1),
  relu: unary(1),
  // Exponential, sum, logarithm.
  softplus: unary(3),
  mean: (a) => ({ shape: [], flops: elements(a.shape) }),
  stopGradient: unary(0),
  // Exponential, sum, division: a / (1 + e^-a).
  silu: unary(3),
  relu6: unary(2),
  leakyRelu: unary(2),
  // Two products, an error function, a sum and another product: a (1 + erf(a / sqrt 2)) / 2.
  gelu: unary(5),
  // Comparison and product for each element.
  prelu: (image, slope) => {
    const { c } = imageSize("prelu", image);
    demandShape("prelu", slope, [c]);
    return unary(2)(image);
  },
  conv2d: (image, weight, bias, options) => convolved("conv2d", image, weight, bias, options, false),
  depthwiseConv2d: (image, weight, bias, options) =>
    convolved("depthwiseConv2d", image, weight, bias, options, true),
  linear,
  upsampleNearest: (image, factor) => {
    const { n, h, w, c } = imageSize("upsampleNearest", image);
    demandWhole("upsampleNearest", "factor", factor, 1);
    return { shape: [n, h * factor, w * factor, c], flops: 0 };
  },
  spaceToDepth,
  depthToSpace,
  concatChannels,
  sliceChannels,
  // Square, sum and division for each element; division, sum and root for each pixel.
  channelNorm: (image) => {
    const { n, h, w, c } = imageSize("channelNorm", image);
    return { shape: image.shape, flops: 3 * n * h * w * (c + 1) };
  },
  // Product and sum for each element, and 1 + gamma. Without gamma only the sum.
  modulate: (image, gamma, beta) => {
    perSample("modulate", image, beta);
    if (gamma === null) return { shape: image.shape, flops: elements(image.shape) };
    perSample("modulate", image, gamma);
    return { shape: image.shape, flops: 2 * elements(image.shape) + elements(gamma.shape) };
  },
  // Mean, difference, its square, their mean, then product, product and sum: 7 for each element.
  groupNorm: (image, weight, bias, { groups }) => {
    const { c } = imageSize("groupNorm", image);
    demandWhole("groupNorm", "groups", groups, 1);
    demand(
      c % groups === 0,
      "groupNorm",
      () => `${describe(image)} in ${groups} groups`,
      () => "groups that divide the channels",
    );
    demandShape("groupNorm", weight, [c]);
    demandShape("groupNorm", bias, [c]);
    return { shape: image.shape, flops: 7 * elements(image.shape) };
  },
  // Difference, square and sum for each channel of each pixel and row, and a comparison.
  nearestIndices: (image, codebook) => {
    const { n, h, w, c } = imageSize("nearestIndices", image);
    const [rows = 0] = codebook.shape;
    demandShape("nearestIndices", codebook, [rows, c]);
    return { shape: [n, h, w, 1], flops: n * h * w * rows * (3 * c + 1) };
  },
  takeRows: (indices, codebook) => {
    const { n, h, w, c } = imageSize("takeRows", indices);
    demand(
      c === 1 && codebook.shape.length === 2,
      "takeRows",
      () => `${describe(indices)} and ${describe(codebook)}`,
      () => "indices [n, h, w, 1] and a codebook [k, c]",
    );
    return { shape: [n, h, w, codebook.shape[1] ?? 0], flops: 0 };
  },
  sequenceConvolution,
  // u W v, and a division for each element.
  spectralNormalize: (weight, u, v) => {
    const [o, i, k] = sequenceOf("spectralNormalize", weight);
    demandShape("spectralNormalize", u, [o]);
    demandShape("spectralNormalize", v, [i * k]);
    return { shape: weight.shape, flops: 3 * o * i * k + 2 * o };
  },
  leftSingular: (weight, v) => singular("leftSingular", weight, v, true),
  rightSingular: (weight, u) => singular("rightSingular", weight, u, false),
};
