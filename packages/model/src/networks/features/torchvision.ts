/**
 * AlexNet and VGG16 of torchvision, up to the last feature map that LPIPS compares, after LPIPS's scaling of the
 * picture (richzhang/PerceptualSimilarity: lpips/lpips.py and lpips/pretrained_networks.py). Parameters have the names
 * of torchvision's files: `features.N`, where N counts convolutions, ReLUs and poolings.
 */

import type { Algebra, Tensors } from "@tadsr/core";
import { around, convolution, type Layer } from "../../layers.ts";
import { parameter } from "../../parameters.ts";
import { COLOURS } from "../../picture.ts";
import type { FeatureNetwork, FixedTensor } from "./feature-network.ts";
import { type MaxPooling, maxPooling, takersOf } from "./max-pooling.ts";

interface Convolution {
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/**
 * Convolutions, each followed by a ReLU. The last result is compared. All stages but the first begin with a pooling.
 */
interface Chain {
  readonly name: FeatureNetwork["name"];
  readonly title: string;
  readonly pooling: Pick<MaxPooling, "window" | "stride">;
  /** The numbers of the stages that begin with a pooling. */
  readonly pooled: readonly number[];
  readonly stages: readonly (readonly Convolution[])[];
  readonly smallest: number;
}

const same = (outputs: number, kernel: number): Convolution => ({
  outputs,
  kernel,
  stride: 1,
  padding: (kernel - 1) / 2,
});

const ALEXNET: Chain = {
  name: "alexnet",
  title: "AlexNet",
  pooling: { window: 3, stride: 2 },
  pooled: [1, 2],
  stages: [
    [{ outputs: 64, kernel: 11, stride: 4, padding: 2 }],
    [same(192, 5)],
    [same(384, 3)],
    [same(256, 3)],
    [same(256, 3)],
  ],
  smallest: 31,
};

const stage = (outputs: number, count: number): readonly Convolution[] =>
  Array.from({ length: count }, () => same(outputs, 3));

const VGG16: Chain = {
  name: "vgg16",
  title: "VGG16",
  pooling: { window: 2, stride: 2 },
  pooled: [1, 2, 3, 4],
  stages: [stage(64, 2), stage(128, 2), stage(256, 3), stage(512, 3), stage(512, 3)],
  smallest: 16,
};

/** LPIPS's scaling layer, for colours in [-1, 1]: (colour - SHIFT) / SCALE. */
const SHIFT = [-0.03, -0.088, -0.188];
const SCALE = [0.458, 0.448, 0.45];

const SCALING: readonly FixedTensor[] = [
  {
    name: "scaling.weight",
    kind: "depthwise",
    array: { shape: [COLOURS, 1, 1, 1], data: Float64Array.from(SCALE, (scale) => 1 / scale) },
  },
  {
    name: "scaling.bias",
    kind: "vector",
    array: { shape: [COLOURS], data: Float64Array.from(SCALE, (scale, c) => -(SHIFT[c] ?? 0) / scale) },
  },
];

/**
 * LPIPS adds 1e-10 to a vector's length. This number is added to the mean of its squares instead. Both keep a vector of
 * zeros at zero, and both matter only to vectors about as short as that.
 */
const EPSILON = 1e-20;

interface Step {
  readonly layers: readonly Layer[];
  readonly pooling: MaxPooling | null;
  readonly channels: number;
}

/** The stages with their parameters' names. Each ReLU and each pooling has a number too. */
const stepsOf = ({ pooling, pooled, stages }: Chain): readonly Step[] => {
  let number = 0;
  let inputs = COLOURS;
  return stages.map((convolutions, at) => {
    const before = pooled.includes(at) ? { ...pooling, channels: inputs } : null;
    if (before !== null) number++;
    const layers = convolutions.map(({ outputs, kernel, stride, padding }) => {
      const shape = { inputs, outputs, kernel, stride, padding: around(padding) };
      const layer = convolution(`features.${number}`, shape);
      number += 2;
      inputs = outputs;
      return layer;
    });
    return { layers, pooling: before, channels: inputs };
  });
};

const chainNetwork = (chain: Chain): FeatureNetwork => {
  const { name, title, smallest } = chain;
  const steps = stepsOf(chain);
  const takers = steps.flatMap(({ pooling }) => (pooling === null ? [] : takersOf(pooling)));
  const run =
    <T>(algebra: Algebra<T>) =>
    (tensors: Tensors<T>, pictures: T): readonly T[] => {
      let x = algebra.depthwiseConv2d(
        pictures,
        parameter(tensors, "scaling.weight"),
        parameter(tensors, "scaling.bias"),
        { stride: 1, padding: around(0) },
      );
      return steps.map(({ layers, pooling }) => {
        if (pooling !== null) x = maxPooling(algebra, tensors, pooling, x);
        for (const layer of layers) x = algebra.relu(layer.run(algebra, tensors, x));
        return algebra.channelNorm(x, EPSILON);
      });
    };
  return {
    name,
    title,
    parameters: steps.flatMap(({ layers }) => layers.flatMap(({ parameters }) => parameters)),
    fixed: [...SCALING, ...takers],
    channels: steps.map(({ channels }) => channels),
    smallest,
    run,
  };
};

/** 64, 192, 384, 256 and 256 channels, from the first to the fifth convolution. */
export const alexNet: FeatureNetwork = chainNetwork(ALEXNET);

/** 64, 128, 256, 512 and 512 channels, each from the last convolution before a pooling. */
export const vgg16: FeatureNetwork = chainNetwork(VGG16);
