/**
 * AlexNet, VGG16 and EfficientNet-lite0 as feature networks, compared with the same networks written as ONNX graphs in
 * Python from the same files; and the distance on every runtime.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  anyRuntime,
  elements,
  type NdArray,
  normal,
  type Runtime,
  referenceEngine,
  uniform,
} from "@tadsr/core";
import { readFeatureNetwork, writeSafetensors } from "@tadsr/files";
import { openPerceptualMetric } from "@tadsr/metrics";
import {
  alexNet,
  efficientNetLite0,
  type FeatureNetwork,
  type FeatureWeights,
  featureDifferences,
  featureDistance,
  type HostWeights,
  linearParameters,
  type Picture,
  parameter,
  tensorsOfFeatureNetwork,
  uploadWeights,
  vgg16,
} from "@tadsr/model";
import { onnxRuntime } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, describe, expect, it } from "vitest";
import { inPython, python } from "./python/check.ts";
import { runtimes } from "./runtimes.ts";

const folder = mkdtempSync(join(tmpdir(), "tadsr-features-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** Convolutions keep the variance through a ReLU. Biases are small, so that some features are zero. */
const drawnWeights = ({ parameters }: FeatureNetwork): HostWeights =>
  Object.fromEntries(
    parameters.map(({ name, shape }, stream) => {
      const count = elements(shape);
      const deviation = name.endsWith(".bias") ? 0.1 : Math.sqrt((2 * (shape[0] ?? 1)) / count);
      const data = Float32Array.from(normal({ seed: 5, stream }, 0, count), (value) => deviation * value);
      return [name, { shape, data }];
    }),
  );

const drawnLinear = (network: FeatureNetwork): HostWeights =>
  Object.fromEntries(
    linearParameters(network).map(({ name, shape }, stream) => [
      name,
      { shape, data: Float32Array.from(uniform({ seed: 6, stream }, 0, elements(shape))) },
    ]),
  );

const drawnPicture = (width: number, height: number, stream: number): Picture => ({
  ...{ width, height, channels: 3 },
  data: Uint8Array.from(uniform({ seed: 7, stream }, 0, width * height * 3), (value) => 256 * value),
});

/** In [-1, 1], in float64. */
const imageOf = ({ width, height, data }: Picture): NdArray => ({
  shape: [1, height, width, 3],
  data: Float64Array.from(data, (byte) => byte / 127.5 - 1),
});

/** Sides that halvings do not divide. One of them is the least that the network takes. */
const pairsFor = ({ smallest }: FeatureNetwork): readonly (readonly [Picture, Picture])[] => [
  [drawnPicture(smallest, smallest + 6, 0), drawnPicture(smallest, smallest + 6, 1)],
  [drawnPicture(smallest + 11, smallest + 5, 2), drawnPicture(smallest + 11, smallest + 5, 3)],
];

const writtenBy = async (network: FeatureNetwork): Promise<readonly [string, string]> => {
  const files = [`${network.name}.safetensors`, `${network.name}-linear.safetensors`].map((name) =>
    join(folder, name),
  ) as [string, string];
  right(await writeSafetensors(files[0], drawnWeights(network), { dtype: "F32" })());
  right(await writeSafetensors(files[1], drawnLinear(network), { dtype: "F32" })());
  return files;
};

interface Terms {
  /** [n, c, h, w] */
  readonly shapes: readonly (readonly number[])[];
  readonly plain: readonly number[];
  readonly weighted: readonly number[];
}

const inPythonTerms = (
  { name }: FeatureNetwork,
  [weights, linear]: readonly [string, string],
  pairs: readonly (readonly [Picture, Picture])[],
): readonly Terms[] => {
  const described = pairs.map((pictures, pair) => ({
    ...{ width: pictures[0].width, height: pictures[0].height },
    pictures: pictures.map(({ data }, which) => {
      const file = join(folder, `${name}-${pair}-${which}.bin`);
      writeFileSync(file, data);
      return file;
    }),
  }));
  const cases = join(folder, `${name}.json`);
  writeFileSync(cases, JSON.stringify([{ network: name, weights, linear, pairs: described }]));
  const [terms] = JSON.parse(python("feature_networks.py", cases)) as readonly [readonly Terms[]];
  return terms;
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The terms of the distance, one for each feature map, in float64. */
const ownTerms = ({ network, weights, linear }: FeatureWeights, pair: readonly [Picture, Picture]): Terms => {
  const fixed = Object.fromEntries(network.fixed.map(({ name, array }) => [name, array]));
  const specs = [...tensorsOfFeatureNetwork(network), ...linearParameters(network)];
  const tensors = uploadWeights(referenceEngine, specs, { ...weights, ...fixed, ...linear });
  const { algebra } = referenceEngine;
  const [a, b] = pair.map((picture) =>
    network.run(algebra)(tensors, referenceEngine.upload("image", imageOf(picture))),
  );
  if (a === undefined || b === undefined) throw new Error("a pair is two pictures");
  const maps = a.flatMap((map, i) => {
    const [other, channels] = [b[i], network.channels[i]];
    return other === undefined || channels === undefined ? [] : [{ map, other, channels }];
  });
  const distance = featureDistance(algebra);
  const differences = featureDifferences(algebra);
  return {
    shapes: maps.map(({ map: { shape } }) => [0, 3, 1, 2].map((axis) => shape[axis] ?? 0)),
    plain: maps.map(({ map, other }) => distance([map], [other]).data[0] ?? Number.NaN),
    weighted: maps.map(({ map, other, channels }, i) => {
      const weight = parameter(tensors, linearParameters(network)[i]?.name ?? "");
      const [found] = differences([map], [other], [{ weight, channels }]);
      return found === undefined ? Number.NaN : sum([...found.data]) / found.data.length;
    }),
  };
};

const expectNear = (found: number, expected: number, tolerance: number): void =>
  expect(Math.abs(found / expected - 1), `${found} for ${expected}`).toBeLessThan(tolerance);

const networks = [efficientNetLite0, alexNet, vgg16];

describe("the features agree with an ONNX graph of the same network", () => {
  for (const network of networks)
    inPython(network.title, async () => {
      const files = await writtenBy(network);
      const pairs = pairsFor(network);
      const expected = inPythonTerms(network, files, pairs);
      const features = right(await readFeatureNetwork(...files)());
      expect(features.network).toBe(network);
      expect(expected).toHaveLength(pairs.length);
      for (const [i, pair] of pairs.entries()) {
        const found = ownTerms(features, pair);
        const { shapes, plain, weighted } = expected[i] as Terms;
        expect(found.shapes).toEqual(shapes);
        expect(plain).toHaveLength(network.channels.length);
        // 1e-5: ONNX Runtime computes in float32; and EfficientNet's lengths have 1e-6 added to their mean square.
        for (const [map, value] of plain.entries()) expectNear(found.plain[map] ?? 0, value, 1e-5);
        for (const [map, value] of weighted.entries()) expectNear(found.weighted[map] ?? 0, value, 1e-5);
      }
    });
});

const measuring: readonly Runtime[] = [
  runtimes.reference,
  runtimes.wasm,
  runtimes.tensorflow,
  anyRuntime(onnxRuntime({ cache: null })),
];

const describeDistance = async <T>(runtime: Runtime<T>): Promise<void> => {
  const opened = await runtime.open();
  if (E.isLeft(opened)) {
    const { missing, remedy } = opened.left;
    const title = `the distance on ${runtime.name}`;
    if (process.env.TADSR_NO_SKIPS === "1") it(title, () => expect.fail(`${missing}; ${remedy}`));
    else it.skip(`${title}: skipped: ${missing}; ${remedy}`, () => undefined);
    return;
  }
  const engine = opened.right;
  afterAll(() => engine.close());

  it.each([efficientNetLite0, alexNet])(`the distance on ${runtime.name}, $title`, async (network) => {
    const features = { network, weights: drawnWeights(network), linear: drawnLinear(network) };
    const before = engine.liveTensors();
    const metric = right(await openPerceptualMetric(engine, features)());
    const plain = right(await openPerceptualMetric(engine, { ...features, linear: null })());
    for (const pair of pairsFor(network)) {
      const terms = ownTerms(features, pair);
      // For ten roundings of float32, or of float64, one after another: that is the number of layers.
      expectNear(right(await metric.measure(...pair)()), sum(terms.weighted), 1e-5);
      expectNear(right(await plain.measure(...pair)()), sum(terms.plain), 1e-5);
    }
    metric.close();
    plain.close();
    expect(engine.liveTensors()).toBe(before);
  });
};

for (const runtime of measuring) await describeDistance(runtime);
