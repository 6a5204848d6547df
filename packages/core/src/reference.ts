/**
 * The reference interpreter: the algebra in plain loops over float64 arrays. It defines every operation, and all other
 * interpreters are compared with it. It broadcasts only where the interface says so. A wrong shape throws one line with
 * the operation, the shapes found and what was expected.
 */
import type { Algebra } from "./algebra.ts";
import type { Engine, NdArray, TensorKind } from "./engine.ts";
import * as attention from "./reference/attention.ts";
import * as codebook from "./reference/codebook.ts";
import * as convolution from "./reference/convolution.ts";
import * as ofAttention from "./reference/gradients/attention.ts";
import * as ofCodebook from "./reference/gradients/codebook.ts";
import * as ofConvolution from "./reference/gradients/convolution.ts";
import * as ofImages from "./reference/gradients/images.ts";
import * as ofPointwise from "./reference/gradients/pointwise.ts";
import * as ofSpectral from "./reference/gradients/spectral.ts";
import * as images from "./reference/images.ts";
import { joining } from "./reference/joining.ts";
import * as points from "./reference/pointwise.ts";
import * as spectral from "./reference/spectral.ts";
import { differentiate, recorded } from "./reference/tape.ts";
import { demand, type ReferenceTensor, tensor } from "./reference/tensor.ts";
import { elements, shapeText } from "./shape.ts";

export type { ReferenceTensor } from "./reference/tensor.ts";

/**
 * The algebra over float64 arrays. Each operation has its pull-back beside it. An operation without one passes no
 * gradient.
 */
export const referenceAlgebra: Algebra<ReferenceTensor> = {
  add: recorded(points.pointwise.add, ofPointwise.add),
  subtract: recorded(points.pointwise.subtract, ofPointwise.subtract),
  multiply: recorded(points.pointwise.multiply, ofPointwise.multiply),
  divide: recorded(points.pointwise.divide, ofPointwise.divide),
  scale: recorded(points.pointwise.scale, ofPointwise.scale),
  offset: recorded(points.pointwise.offset, ofPointwise.offset),
  square: recorded(points.pointwise.square, ofPointwise.square),
  sqrt: recorded(points.pointwise.sqrt, ofPointwise.sqrt),
  abs: recorded(points.pointwise.abs, ofPointwise.abs),
  relu: recorded(points.pointwise.relu, ofPointwise.relu),
  softplus: recorded(points.pointwise.softplus, ofPointwise.softplus),
  mean: recorded(points.pointwise.mean, ofPointwise.mean),
  stopGradient: points.pointwise.stopGradient,
  silu: recorded(points.silu, ofPointwise.silu),
  relu6: recorded(points.relu6, ofPointwise.relu6),
  leakyRelu: recorded(points.leakyRelu, ofPointwise.leakyRelu),
  gelu: recorded(points.gelu, ofPointwise.gelu),
  prelu: recorded(points.prelu, ofPointwise.prelu),
  conv2d: recorded(convolution.conv2d, ofConvolution.conv2d),
  depthwiseConv2d: recorded(convolution.depthwiseConv2d, ofConvolution.depthwiseConv2d),
  linear: recorded(convolution.linear, ofConvolution.linear),
  upsampleNearest: recorded(images.upsampleNearest, ofImages.upsampleNearest),
  spaceToDepth: recorded(images.spaceToDepth, ofImages.spaceToDepth),
  depthToSpace: recorded(images.depthToSpace, ofImages.depthToSpace),
  concatChannels: recorded(images.concatChannels, ofImages.concatChannels),
  sliceChannels: recorded(images.sliceChannels, ofImages.sliceChannels),
  channelNorm: recorded(images.channelNorm, ofImages.channelNorm),
  modulate: recorded(images.modulate, ofImages.modulate),
  groupNorm: recorded(images.groupNorm, ofImages.groupNorm),
  attention: recorded(attention.attention, ofAttention.attention),
  windowAttention: recorded(attention.windowAttention, ofAttention.windowAttention),
  nearestIndices: codebook.nearestIndices,
  takeRows: recorded(codebook.takeRows, ofCodebook.takeRows),
  sequenceConvolution: recorded(spectral.sequenceConvolution, ofSpectral.sequenceConvolution),
  spectralNormalize: recorded(spectral.spectralNormalize, ofSpectral.spectralNormalize),
  leftSingular: spectral.leftSingular,
  rightSingular: spectral.rightSingular,
};

const rank: Readonly<Record<TensorKind, number>> = {
  scalar: 0,
  vector: 1,
  matrix: 2,
  image: 4,
  convolution: 4,
  depthwise: 4,
  sequence: 3,
};

const checkKind = (operation: string, kind: TensorKind, { shape, data }: NdArray): void => {
  demand(
    shape.length === rank[kind] && (kind !== "depthwise" || shape[1] === 1),
    operation,
    () => shapeText(shape),
    () => `${rank[kind]} axes for the kind ${kind}${kind === "depthwise" ? ", the second 1" : ""}`,
  );
  demand(
    data.length === elements(shape),
    operation,
    () => `${data.length} elements for ${shapeText(shape)}`,
    () => `${elements(shape)} elements`,
  );
};

/**
 * The engine over float64 arrays. Every kind of tensor is stored in its logical layout, so `upload` and `download` are
 * copies. The garbage collector frees memory, so `scope` and `release` do nothing, and `liveTensors` is always 0.
 * Gradients are by reverse mode, also in float64. Differentiations cannot be nested.
 */
export const referenceEngine: Engine<ReferenceTensor> = {
  name: "reference",
  algebra: referenceAlgebra,
  epsilon: 2 ** -52,
  // Numbers of 8 bytes, which the collector gives back late; attention's scores of one pixel at a time.
  memory: { factor: 6, scores: 0, limit: Number.POSITIVE_INFINITY },
  isSlow: true,
  upload: (kind, array) => {
    checkKind("upload", kind, array);
    return tensor([...array.shape], Float64Array.from(array.data));
  },
  download: async (kind, { shape, data }) => {
    checkKind("download", kind, { shape, data });
    return { shape: [...shape], data: data.slice() };
  },
  scope: (work) => work(),
  release: () => undefined,
  liveTensors: () => 0,
  joining,
  differentiate,
  close: async () => undefined,
};
