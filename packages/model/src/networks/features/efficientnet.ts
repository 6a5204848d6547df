/**
 * Features of EfficientNet-lite0 (ImageNet) up to its eighth block. `tools/perceptual-weights.py` makes the weights.
 * Training can compare pictures by them in an optional term, which is not from the paper.
 */
import type { Algebra, ConvolutionOptions, Tensors } from "@tadsr/core";
import { type ParameterSpec, parameter } from "../../parameters.ts";
import type { FeatureNetwork } from "./feature-network.ts";

interface InvertedResidual {
  readonly inputs: number;
  readonly outputs: number;
  readonly expansion: number;
  readonly kernel: number;
  readonly stride: 1 | 2;
}

const STEM_CHANNELS = 32;

/** EfficientNet-lite0's first eight blocks. */
const BLOCKS: readonly InvertedResidual[] = [
  { inputs: 32, outputs: 16, expansion: 1, kernel: 3, stride: 1 },
  { inputs: 16, outputs: 24, expansion: 6, kernel: 3, stride: 2 },
  { inputs: 24, outputs: 24, expansion: 6, kernel: 3, stride: 1 },
  { inputs: 24, outputs: 40, expansion: 6, kernel: 5, stride: 2 },
  { inputs: 40, outputs: 40, expansion: 6, kernel: 5, stride: 1 },
  { inputs: 40, outputs: 80, expansion: 6, kernel: 3, stride: 2 },
  { inputs: 80, outputs: 80, expansion: 6, kernel: 3, stride: 1 },
  { inputs: 80, outputs: 80, expansion: 6, kernel: 3, stride: 1 },
];

/** The blocks whose outputs are compared: the last block before each halving, and the last of all. */
const COMPARED = [0, 2, 4, 7];

const EPSILON = 1e-6;

const pair = (name: string, kind: "convolution" | "depthwise", shape: readonly number[]): ParameterSpec[] => [
  { name: `${name}.weight`, kind, shape, initial: "fan-in" },
  { name: `${name}.bias`, kind: "vector", shape: [shape[0] ?? 0], initial: "zeros" },
];

const blockParameters = (block: InvertedResidual, i: number): ParameterSpec[] => {
  const wide = block.inputs * block.expansion;
  const name = `blocks.${i}`;
  return [
    ...(block.expansion === 1 ? [] : pair(`${name}.expand`, "convolution", [wide, block.inputs, 1, 1])),
    ...pair(`${name}.depthwise`, "depthwise", [wide, 1, block.kernel, block.kernel]),
    ...pair(`${name}.project`, "convolution", [block.outputs, wide, 1, 1]),
  ];
};

export const efficientNetParameters: readonly ParameterSpec[] = [
  ...pair("stem", "convolution", [STEM_CHANNELS, 3, 3, 3]),
  ...BLOCKS.flatMap(blockParameters),
];

/**
 * Where the network's grid begins on the picture: 0..15 pixels from its usual place. Each of the four halvings keeps
 * every second pixel, and one bit of the phase says which. If the phase is fixed, a network that is trained against the
 * distance learns a faint pattern with a period of four pixels, which lowers the distance.
 */
export interface Phase {
  readonly y: number;
  readonly x: number;
}

const USUAL_PHASE: Phase = { y: 0, x: 0 };

/** The number of phases along an axis: two for each halving. */
export const EFFICIENTNET_PHASES = 16;

/**
 * Zeros before and after an axis. For an even side: TensorFlow's `same`, or shifted by one pixel if `late`. For an odd
 * side as many zeros, because the network's PyTorch package pads every picture like one of 224 pixels. So a halving
 * rounds down.
 */
const around = (kernel: number, stride: number, late: boolean): readonly [number, number] => {
  const total = kernel - stride;
  const before = Math.floor(total / 2) + (late ? 1 : 0);
  return [before, total - before];
};

/** Geometry of a convolution that halves the picture for the `halving`th time, or (null) keeps its size. */
const geometry = (kernel: number, halving: number | null, phase: Phase): ConvolutionOptions => {
  const stride = halving === null ? 1 : 2;
  const late = (offset: number): boolean => halving !== null && ((offset >> halving) & 1) === 1;
  const [top, bottom] = around(kernel, stride, late(phase.y));
  const [left, right] = around(kernel, stride, late(phase.x));
  return { stride, padding: { top, bottom, left, right } };
};

/** Feature maps of pictures [n, h, w, 3] in [-1, 1], h and w at least 16. Each pixel went through `channelNorm`. */
export const efficientNetFeatures =
  <T>(algebra: Algebra<T>, weights: Tensors<T>) =>
  (pictures: T, phase: Phase = USUAL_PHASE): readonly T[] => {
    let halvings = 0;
    const weight = (name: string): T => parameter(weights, `${name}.weight`);
    const bias = (name: string): T => parameter(weights, `${name}.bias`);
    const pointwise = (name: string, x: T): T =>
      algebra.conv2d(x, weight(name), bias(name), geometry(1, null, phase));
    // The network was trained on (value - 127) / 128 for values 0 to 255.
    const input = algebra.offset(algebra.scale(pictures, 127.5 / 128), 0.5 / 128);
    let x = algebra.relu6(
      algebra.conv2d(input, weight("stem"), bias("stem"), geometry(3, halvings++, phase)),
    );
    return BLOCKS.flatMap(({ inputs, outputs, expansion, kernel, stride }, i) => {
      const name = `blocks.${i}`;
      const wide = expansion === 1 ? x : algebra.relu6(pointwise(`${name}.expand`, x));
      const mixed = algebra.relu6(
        algebra.depthwiseConv2d(
          wide,
          weight(`${name}.depthwise`),
          bias(`${name}.depthwise`),
          geometry(kernel, stride === 2 ? halvings++ : null, phase),
        ),
      );
      const projected = pointwise(`${name}.project`, mixed);
      x = stride === 1 && inputs === outputs ? algebra.add(projected, x) : projected;
      return COMPARED.includes(i) ? [algebra.channelNorm(x, EPSILON)] : [];
    });
  };

export const efficientNetLite0: FeatureNetwork = {
  name: "efficientnet-lite0",
  title: "EfficientNet-lite0",
  parameters: efficientNetParameters,
  fixed: [],
  channels: COMPARED.map((block) => BLOCKS[block]?.outputs ?? 0),
  smallest: 16,
  run: (algebra) => (tensors, pictures) => efficientNetFeatures(algebra, tensors)(pictures),
};
