/**
 * A perceptual distance in the manner of LPIPS: features of EfficientNet-lite0 (ImageNet) up to its
 * eighth block, each pixel's feature vector divided by its length, squared differences. An optional term
 * of training, not from the paper. `tools/perceptual-weights.py` makes the weights.
 */
import type { Algebra, ConvolutionOptions, Tensors } from "@tadsr/core";
import { type ParameterSpec, parameter } from "@tadsr/model";

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

/** The blocks whose outputs are compared: the last before each halving, and the last of all. */
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

export const perceptualParameters: readonly ParameterSpec[] = [
  ...pair("stem", "convolution", [STEM_CHANNELS, 3, 3, 3]),
  ...BLOCKS.flatMap(blockParameters),
];

/**
 * Where the network's grid lies on the picture, in pixels 0..15 from its usual place. Each of its four
 * halvings keeps every second pixel; a bit of the phase says which. At one fixed phase a network that is
 * trained against the distance learns a faint pattern of four pixels' period that pleases it.
 */
export interface Phase {
  readonly y: number;
  readonly x: number;
}

export const USUAL_PHASE: Phase = { y: 0, x: 0 };

/** Phases that there are along an axis: two for each halving. */
export const PHASES = 16;

/** Zeros before and after an axis: TensorFlow's `same`, or one pixel further where `late`. */
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

/** Feature maps of pictures [n, h, w, 3] in [-1, 1], h and w multiples of 16. */
export const perceptualFeatures =
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

/**
 * The sum over the compared blocks of the mean over pixels of the squared difference of unit feature
 * vectors; a scalar. `channelNorm` has mean square 1 over channels, so the mean over channels replaces
 * the sum of squares of unit vectors.
 */
export const perceptualDistance =
  <T>(algebra: Algebra<T>) =>
  (a: readonly T[], b: readonly T[]): T => {
    if (a.length !== b.length) throw new Error(`perceptual distance: ${a.length} maps against ${b.length}`);
    return a
      .map((feature, i) => algebra.mean(algebra.square(algebra.subtract(feature, b[i] as T))))
      .reduce((sum, term) => algebra.add(sum, term));
  };
