/**
 * The reference interpreter: the algebra in plain loops over float64 arrays. It is the living
 * definition of every operation, and what all other interpreters are compared with. It broadcasts
 * nowhere but where the interface says so, and a wrong shape throws one line that names the
 * operation, the shapes found and what was expected.
 */
import type { Algebra } from "./algebra.ts";
import type { Engine, NdArray, TensorKind } from "./engine.ts";
import { attention, windowAttention } from "./reference/attention.ts";
import { nearestIndices, takeRows } from "./reference/codebook.ts";
import { conv2d, depthwiseConv2d, linear } from "./reference/convolution.ts";
import {
  channelNorm,
  concatChannels,
  depthToSpace,
  groupNorm,
  modulate,
  sliceChannels,
  spaceToDepth,
  upsampleNearest,
} from "./reference/images.ts";
import { gelu, leakyRelu, pointwise, relu6, silu } from "./reference/pointwise.ts";
import { leftSingular, rightSingular, sequenceConvolution, spectralNormalize } from "./reference/spectral.ts";
import { demand, elementCount, type ReferenceTensor, show, tensor } from "./reference/tensor.ts";

export type { ReferenceTensor } from "./reference/tensor.ts";

/** The algebra over float64 arrays. */
export const referenceAlgebra: Algebra<ReferenceTensor> = {
  ...pointwise,
  silu,
  relu6,
  leakyRelu,
  gelu,
  conv2d,
  depthwiseConv2d,
  linear,
  upsampleNearest,
  spaceToDepth,
  depthToSpace,
  concatChannels,
  sliceChannels,
  channelNorm,
  modulate,
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
    () => show(shape),
    () => `${rank[kind]} axes for the kind ${kind}${kind === "depthwise" ? ", the second 1" : ""}`,
  );
  demand(
    data.length === elementCount(shape),
    operation,
    () => `${data.length} elements for ${show(shape)}`,
    () => `${elementCount(shape)} elements`,
  );
};

/**
 * The engine over float64 arrays. Every kind of tensor lies in its logical layout, so `upload` and
 * `download` are copies. Memory belongs to the garbage collector: `scope` and `release` have nothing
 * to do, and `liveTensors` is always 0, since no tensor has to be released. It has no gradients.
 */
export const referenceEngine: Engine<ReferenceTensor> = {
  name: "reference",
  algebra: referenceAlgebra,
  epsilon: 2 ** -52,
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
  differentiate: null,
  close: async () => undefined,
};
