/**
 * How far a network sees, found by interpreting it with an algebra whose "tensor" is the interval of input pixels that
 * a pixel depends on. Tiles are read with this margin around the part that is kept.
 */
import type { Algebra, ConvolutionOptions, WindowOptions } from "@tadsr/core";
import type { ConditionedNetwork } from "./networks/network.ts";
import type { PictureNetwork } from "./networks/picture-network.ts";
import type { ParameterSpec } from "./parameters.ts";

export interface ReceptiveField {
  /** How many input pixels a prediction depends on beyond its own place, on the side that needs most. */
  readonly margin: number;
  /** Origins and sizes of the network's input must be multiples of this. */
  readonly alignment: number;
}

/**
 * Pixel i of a tensor of `scale` s depends on the input pixels s i - before .. s i + s - 1 + after. Matrices and
 * vectors have no place, so they depend on no pixel. A weight carries its kernel's size.
 */
interface Reach {
  readonly scale: number;
  readonly before: number;
  readonly after: number;
  readonly coarsest: number;
  readonly kernel: readonly [number, number];
}

const NOTHING: Reach = { scale: 1, before: 0, after: 0, coarsest: 1, kernel: [1, 1] };

const join = (a: Reach, b: Reach): Reach => ({
  scale: Math.max(a.scale, b.scale),
  before: Math.max(a.before, b.before),
  after: Math.max(a.after, b.after),
  coarsest: Math.max(a.coarsest, b.coarsest),
  kernel: [1, 1],
});

const convolved = (image: Reach, weight: Reach, { stride, padding }: ConvolutionOptions): Reach => {
  const scale = image.scale * stride;
  const [kh, kw] = weight.kernel;
  const before = Math.max(padding.top, padding.left) * image.scale;
  const taps = Math.max(kh - padding.top, kw - padding.left) - stride;
  return {
    ...image,
    scale,
    before: image.before + before,
    after: image.after + Math.max(0, taps) * image.scale,
    coarsest: Math.max(image.coarsest, scale),
  };
};

const upsampled = (image: Reach, factor: number): Reach => {
  const scale = image.scale / factor;
  const shift = image.scale - scale;
  return { ...image, scale, before: image.before + shift, after: image.after + shift };
};

/** A pixel may be anywhere in its window. The grid of windows needs origins on its lines. */
const windowed = (image: Reach, { window }: WindowOptions): Reach => ({
  ...image,
  before: image.before + (window - 1) * image.scale,
  after: image.after + (window - 1) * image.scale,
  coarsest: Math.max(image.coarsest, window * image.scale),
});

const same = (a: Reach): Reach => a;

const everywhere = (): never => {
  throw new Error("a network that mixes all of a picture's pixels has no finite receptive field");
};

const reachAlgebra: Algebra<Reach> = {
  add: join,
  subtract: join,
  multiply: join,
  divide: join,
  scale: same,
  offset: same,
  square: same,
  sqrt: same,
  abs: same,
  relu: same,
  softplus: same,
  mean: everywhere,
  stopGradient: same,
  silu: same,
  relu6: same,
  leakyRelu: same,
  gelu: same,
  prelu: same,
  conv2d: (image, weight, _bias, options) => convolved(image, weight, options),
  depthwiseConv2d: (image, weight, _bias, options) => convolved(image, weight, options),
  linear: same,
  upsampleNearest: upsampled,
  spaceToDepth: (image, factor) => ({
    ...image,
    scale: image.scale * factor,
    coarsest: Math.max(image.coarsest, image.scale * factor),
  }),
  depthToSpace: upsampled,
  concatChannels: (images) => images.reduce(join, NOTHING),
  sliceChannels: same,
  channelNorm: same,
  modulate: (image) => image,
  groupNorm: everywhere,
  attention: everywhere,
  windowAttention: (query, key, value, _positions, options) =>
    // Windows that wrap around the picture's edges join the farthest pixels.
    options.edges === "wrapped" && options.shift > 0
      ? everywhere()
      : windowed([query, key, value].reduce(join), options),
  nearestIndices: same,
  takeRows: same,
  sequenceConvolution: everywhere,
  spectralNormalize: same,
  leftSingular: () => NOTHING,
  rightSingular: () => NOTHING,
};

const reachOf = (
  parameters: readonly ParameterSpec[],
  run: (weights: Readonly<Record<string, Reach>>) => Reach,
): ReceptiveField => {
  const { before, after, coarsest } = run(
    Object.fromEntries(
      parameters.map(({ name, shape }) => [
        name,
        { ...NOTHING, kernel: [shape[2] ?? 1, shape[3] ?? 1] as const },
      ]),
    ),
  );
  // A fraction at the end of the reach belongs to a pixel that is not seen, so it is dropped.
  return { margin: Math.floor(Math.max(before, after)), alignment: coarsest };
};

/** Margin and alignment in pixels of the network's input. For the small family these are LR pixels. */
export const receptiveField = (network: ConditionedNetwork): ReceptiveField =>
  reachOf(network.parameters, (weights) =>
    network.run(reachAlgebra)(weights, { input: NOTHING, condition: NOTHING, time: NOTHING }),
  );

/** The same for a network from pictures to pictures, for all result pixels of one input pixel. */
export const receptiveFieldOfPictures = (network: PictureNetwork): ReceptiveField =>
  reachOf(network.parameters, (weights) => network.run(reachAlgebra)(weights, NOTHING));
