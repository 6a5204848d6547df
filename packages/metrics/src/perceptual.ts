/**
 * Perceptual distances compare pictures by the features of a network, whose weights the user gives. With AlexNet or
 * VGG16 and linear weights the distance is LPIPS (Zhang et al. 2018, version 0.1 of its package).
 */
import { type Algebra, type Engine, elements, type NdArray, type Tensors } from "@tadsr/core";
import {
  type FeatureNetwork,
  type FeatureWeights,
  featureDifferences,
  type HostWeights,
  type Lifetimes,
  lifetimesOfComputation,
  linearParameters,
  type ParameterSpec,
  type Picture,
  parameter,
  releasingAlgebra,
  tensorsOfFeatureNetwork,
  uploadWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { differentSizes, engineFailed, type MetricError, notFinite, tooSmall } from "./errors.ts";
import type { Metric, MetricDescription } from "./metric.ts";

export interface PerceptualMetric extends Metric {
  /** Releases the weights; the metric is not used afterwards. The engine stays the caller's. */
  readonly close: () => void;
}

/** Whether it is LPIPS. LPIPS has linear weights, and none were published for EfficientNet. */
const isLpips = ({ network, linear }: FeatureWeights): boolean =>
  linear !== null && network.name !== "efficientnet-lite0";

const describe = (features: FeatureWeights): MetricDescription => {
  const { network, linear } = features;
  const weighted = linear === null ? "" : ", weighted";
  return {
    name: "perceptual",
    title: isLpips(features) ? `LPIPS (${network.title})` : `perceptual (${network.title}${weighted})`,
    unit: "",
    better: "lower",
    digits: 4,
    against: "original",
    about: isLpips(features)
      ? `LPIPS with ${network.title} on whole pictures: the same number as version 0.1 of the lpips package gives with the same weights.`
      : `Squared differences of unit feature vectors of ${network.title}, summed over feature maps, in the manner of LPIPS but not LPIPS: compare it only with itself.`,
  };
};

/** [1, h, w, 3] in [-1, 1]. */
const imageOf = ({ width, height, data }: Picture): NdArray => ({
  shape: [1, height, width, 3],
  data: Float32Array.from(data, (byte) => byte / 127.5 - 1),
});

/** The weights of each feature map's channels, by name: the linear weights, or 1 for each channel. */
const channelWeights = ({ network, linear }: FeatureWeights): HostWeights =>
  linear ??
  Object.fromEntries(
    linearParameters(network).map(({ name, shape }) => [
      name,
      { shape, data: new Float32Array(elements(shape)).fill(1) },
    ]),
  );

/** Tensors by name: parameters, fixed tensors and the weights of channels. */
const differences = <T>(
  algebra: Algebra<T>,
  network: FeatureNetwork,
  tensors: Tensors<T>,
  [a, b]: readonly [T, T],
): readonly T[] => {
  const maps = network.run(algebra);
  const weights = linearParameters(network).map(({ name }, map) => ({
    weight: parameter(tensors, name),
    channels: network.channels[map] ?? 0,
  }));
  return featureDifferences(algebra)(maps(tensors, a), maps(tensors, b), weights);
};

const namedTensors = (network: FeatureNetwork): readonly Pick<ParameterSpec, "name" | "kind">[] => [
  ...tensorsOfFeatureNetwork(network),
  ...linearParameters(network),
];

/** When each result is used last, so that large pictures need as little memory as possible. */
const lifetimesFor = (network: FeatureNetwork): Lifetimes =>
  lifetimesOfComputation((algebra, given) => {
    const tensors = Object.fromEntries(namedTensors(network).map(({ name }) => [name, given]));
    return differences(algebra, network, tensors, [given, given]);
  });

interface Opened<T> {
  readonly engine: Engine<T>;
  readonly network: FeatureNetwork;
  readonly tensors: Tensors<T>;
  readonly lifetimes: Lifetimes;
}

const mean = ({ data }: NdArray): number => {
  let sum = 0;
  for (const value of data) sum += value;
  return sum / data.length;
};

const distanceOf = async <T>(
  { engine, network, tensors, lifetimes }: Opened<T>,
  picture: Picture,
  original: Picture,
): Promise<number> => {
  const maps = engine.scope(() => {
    const pair = [picture, original].map((one) => engine.upload("image", imageOf(one))) as [T, T];
    return differences(releasingAlgebra(engine, lifetimes), network, tensors, pair);
  });
  try {
    await engine.settle?.(maps);
    let distance = 0;
    for (const map of maps) distance += mean(await engine.download("image", map));
    return distance;
  } finally {
    engine.release(maps);
  }
};

const measure =
  <T>(opened: Opened<T>) =>
  (picture: Picture, original: Picture): TaskEither<MetricError, number> =>
  async () => {
    const { engine, network } = opened;
    const { width, height } = picture;
    if (width !== original.width || height !== original.height)
      return E.left(
        differentSizes(
          `the picture is ${width} x ${height} and its original ${original.width} x ${original.height}; give both one size`,
        ),
      );
    if (Math.min(width, height) < network.smallest)
      return E.left(
        tooSmall(
          `the picture is ${width} x ${height}; ${network.title} needs ${network.smallest} pixels a side`,
        ),
      );
    try {
      const distance = await distanceOf(opened, picture, original);
      if (Number.isFinite(distance)) return E.right(distance);
      return E.left(
        notFinite(`the perceptual distance is ${distance}; the weights overflow: check their file`),
      );
    } catch (thrown) {
      return E.left(engineFailure(engine.name, thrown));
    }
  };

const engineFailure = (engine: string, thrown: unknown): MetricError => {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return engineFailed(`the engine ${engine} failed at the perceptual distance: ${reason.split("\n")[0]}`);
};

/** Puts the network on the engine once, for any number of pictures; `close` releases it. */
export const openPerceptualMetric =
  <T>(engine: Engine<T>, features: FeatureWeights): TaskEither<MetricError, PerceptualMetric> =>
  async () => {
    const { network, weights } = features;
    const fixed = Object.fromEntries(network.fixed.map(({ name, array }) => [name, array]));
    try {
      const all = { ...weights, ...fixed, ...channelWeights(features) };
      const tensors = uploadWeights(engine, namedTensors(network), all);
      const opened: Opened<T> = { engine, network, tensors, lifetimes: lifetimesFor(network) };
      return E.right({
        ...describe(features),
        measure: measure(opened),
        close: () => engine.release(Object.values(tensors)),
      });
    } catch (thrown) {
      return E.left(engineFailure(engine.name, thrown));
    }
  };
