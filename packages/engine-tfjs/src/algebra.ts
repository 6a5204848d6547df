/** The algebra on TensorFlow.js. Images are NHWC, weights of convolutions HWIO, weights of sequences 1WIO. */
import { type Algebra, type PerSample, shapeText } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { attention, windowAttention } from "./attention.ts";
import { nearestIndices, takeRows } from "./codebook.ts";
import { conv2d, depthwiseConv2d } from "./convolution.ts";
import {
  abs,
  channelNorm,
  gelu,
  leakyRelu,
  mean,
  modulate,
  prelu,
  silu,
  stopGradient,
  upsampleNearest,
} from "./fused.ts";
import { groupNorm } from "./group-norm.ts";
import { leftSingular, rightSingular, sequenceConvolution, spectralNormalize } from "./sequence.ts";

/** Broadcasts one factor for each sample over the other axes. */
const perSampleFactor = (a: tf.Tensor, factor: PerSample): tf.Tensor | number => {
  if (typeof factor === "number") return factor;
  if (factor.length !== a.shape[0]) {
    throw new Error(`scale: ${factor.length} factors for a batch of ${a.shape[0]}; give one for each sample`);
  }
  return tf.tensor(
    [...factor],
    a.shape.map((_, axis) => (axis === 0 ? factor.length : 1)),
    "float32",
  );
};

const imageShape = (a: tf.Tensor): [number, number, number, number] => {
  if (a.rank !== 4) throw new Error(`expected an image of rank 4, found shape ${shapeText(a.shape)}`);
  return a.shape as [number, number, number, number];
};

const spaceToDepth = (a: tf.Tensor, f: number): tf.Tensor => {
  const [n, h, w, c] = imageShape(a);
  const blocks = tf.reshape(a, [n, h / f, f, w / f, f, c]);
  return tf.reshape(tf.transpose(blocks, [0, 1, 3, 5, 2, 4]), [n, h / f, w / f, c * f * f]);
};

const depthToSpace = (a: tf.Tensor, f: number): tf.Tensor => {
  const [n, h, w, c] = imageShape(a);
  const blocks = tf.reshape(a, [n, h, w, c / (f * f), f, f]);
  return tf.reshape(tf.transpose(blocks, [0, 1, 4, 2, 5, 3]), [n, h * f, w * f, c / (f * f)]);
};

const linear = (a: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null): tf.Tensor => {
  const channels = a.shape.at(-1) ?? 1;
  const rows = a.rank === 2 ? a : tf.reshape(a, [a.size / channels, channels]);
  const product = tf.matMul(rows as tf.Tensor2D, weight as tf.Tensor2D, false, true);
  const result = bias === null ? product : tf.add(product, bias);
  return a.rank === 2 ? result : tf.reshape(result, [...a.shape.slice(0, -1), result.shape[1] ?? 1]);
};

const sliceChannels = (a: tf.Tensor, start: number, length: number): tf.Tensor =>
  tf.slice(a, [...a.shape.slice(0, -1).map(() => 0), start], [...a.shape.slice(0, -1), length]);

/** Pure functions on the active backend; `engine.ts` binds them to one backend. */
export const tfjsAlgebra: Algebra<tf.Tensor> = {
  add: (a, b) => tf.add(a, b),
  subtract: (a, b) => tf.sub(a, b),
  multiply: (a, b) => tf.mul(a, b),
  divide: (a, b) => tf.div(a, b),
  scale: (a, factor) => tf.mul(a, perSampleFactor(a, factor)),
  offset: (a, constant) => tf.add(a, constant),
  square: (a) => tf.square(a),
  sqrt: (a) => tf.sqrt(a),
  abs: (a) => abs(a),
  relu: (a) => tf.relu(a),
  softplus: (a) => tf.softplus(a),
  mean: (a) => mean(a),
  stopGradient: (a) => stopGradient(a),
  silu: (a) => silu(a),
  relu6: (a) => tf.clipByValue(a, 0, 6),
  leakyRelu,
  gelu: (a) => gelu(a),
  prelu: (image, slope) => prelu(image, slope),
  conv2d,
  depthwiseConv2d,
  linear,
  upsampleNearest,
  spaceToDepth,
  depthToSpace,
  concatChannels: (images) => tf.concat([...images], -1),
  sliceChannels,
  channelNorm,
  modulate: (image, gamma, beta) => modulate(image, gamma, beta),
  groupNorm,
  attention,
  windowAttention,
  nearestIndices,
  takeRows,
  sequenceConvolution,
  spectralNormalize,
  leftSingular,
  rightSingular,
};
