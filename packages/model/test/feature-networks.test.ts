/** Reading feature networks, and their pooling. The repository's tests show that they are the published networks. */
import { type NdArray, referenceEngine, uniform } from "@tadsr/core";
import { readFeatureNetwork, writeSafetensors, writeWeights } from "@tadsr/files";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  alexNet,
  efficientNetLite0,
  type FeatureNetwork,
  featureNetworkOf,
  initialWeights,
  linearParameters,
  type StreamedTensor,
  uploadWeights,
  vgg16,
} from "../src/index.ts";
import { maxPooling, takersOf } from "../src/networks/features/max-pooling.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const at = await temporaryFolder();

type Shapes = ReadonlyMap<string, readonly number[]>;

const shapesOf = ({ parameters }: FeatureNetwork): Map<string, readonly number[]> =>
  new Map(parameters.map(({ name, shape }) => [name, shape]));

const messageOf = (result: E.Either<{ readonly message: string }, unknown>): string => {
  if (E.isRight(result)) throw new Error("nothing was wrong");
  return result.left.message;
};

describe("max pooling", () => {
  it("is the largest value of each window", () => {
    fc.assert(
      fc.property(
        fc.record({
          height: fc.integer({ min: 3, max: 9 }),
          width: fc.integer({ min: 3, max: 9 }),
          window: fc.integer({ min: 2, max: 3 }),
          seed: fc.nat(),
        }),
        ({ height, width, window, seed }) => {
          const channels = 3;
          const pooling = { channels, window, stride: 2 };
          const data = uniform({ seed, stream: 0 }, 0, height * width * channels).map((x) => x - 0.5);
          const takers = takersOf(pooling);
          const arrays = Object.fromEntries(takers.map(({ name, array }) => [name, array]));
          const found = maxPooling(
            referenceEngine.algebra,
            uploadWeights(referenceEngine, takers, arrays),
            pooling,
            referenceEngine.upload("image", { shape: [1, height, width, channels], data }),
          );
          const [h, w] = [height, width].map((side) => Math.floor((side - window) / 2) + 1) as [
            number,
            number,
          ];
          expect(found.shape).toEqual([1, h, w, channels]);
          found.data.forEach((value, i) => {
            const [c, x, y] = [i % channels, Math.floor(i / channels) % w, Math.floor(i / channels / w)];
            const values = Array.from({ length: window * window }, (_, place) => {
              const row = 2 * y + Math.floor(place / window);
              return data[(row * width + 2 * x + (place % window)) * channels + c] ?? Number.NaN;
            });
            expect(value).toBeCloseTo(Math.max(...values), 14);
          });
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("which feature network a file is", () => {
  it.each([efficientNetLite0, alexNet, vgg16])("$title is recognised by its own tensors", (network) => {
    const found = featureNetworkOf("file", shapesOf(network));
    expect(E.isRight(found) && found.right).toBe(network);
  });

  it("has torchvision's names, and its classifier is ignored", () => {
    expect(alexNet.parameters.map(({ name }) => name)).toEqual(
      [0, 3, 6, 8, 10].flatMap((i) => [`features.${i}.weight`, `features.${i}.bias`]),
    );
    expect(vgg16.parameters.filter((_, i) => i % 2 === 0).map(({ name }) => name)).toEqual(
      [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28].map((i) => `features.${i}.weight`),
    );
    const whole = shapesOf(vgg16).set("classifier.0.weight", [4096, 25088]);
    expect(E.isRight(featureNetworkOf("file", whole))).toBe(true);
  });

  const without = (shapes: Map<string, readonly number[]>, name: string): Shapes => {
    shapes.delete(name);
    return shapes;
  };

  it.each<[string, Shapes, string]>([
    ["no tensors", new Map(), "file: found no tensors, expected a feature network"],
    ["another network", new Map([["conv1.weight", [64, 3, 7, 7]]]), 'found 1 tensors such as "conv1.weight"'],
    [
      "a tensor missing",
      without(shapesOf(alexNet), "features.6.bias"),
      'file: taken for AlexNet, but "features.6.bias" [384] is missing',
    ],
    [
      "a wrong shape",
      shapesOf(alexNet).set("features.0.weight", [96, 3, 11, 11]),
      'file: taken for AlexNet, but "features.0.weight": found shape [96, 3, 11, 11], expected [64, 3, 11, 11]',
    ],
    [
      "a convolution more than VGG16's",
      shapesOf(vgg16).set("features.30.weight", [512, 512, 3, 3]),
      'file: taken for VGG16, but "features.30.weight" is not a parameter of the network',
    ],
  ])("%s: one line says so", (_, shapes, message) => {
    const found = messageOf(featureNetworkOf("file", shapes));
    expect(found).toContain(message);
    expect(found).not.toContain("\n");
  });
});

const streamed = (name: string, { shape, data }: NdArray): StreamedTensor<never> => ({
  ...{ name, dtype: "F32", shape },
  read: () => Promise.resolve(E.right({ shape, data })),
});

describe("reading a feature network", async () => {
  const weights = initialWeights(efficientNetLite0.parameters, { seed: 1 });
  const [file, damaged] = [at("features.safetensors"), at("damaged.safetensors")];
  const linear = async (name: string, network: FeatureNetwork, value = 0.5): Promise<string> => {
    const tensors = linearParameters(network).map(({ name: key, shape }): [string, NdArray] => [
      key,
      { shape, data: new Float32Array(shape[1] ?? 0).fill(value) },
    ]);
    await writeSafetensors(at(name), Object.fromEntries(tensors), { dtype: "F32" })();
    return at(name);
  };
  await writeSafetensors(file, weights, { dtype: "F32" })();
  const bias = Float32Array.from({ length: 32 }, (_, i) => (i === 9 ? Number.NaN : 0));
  await writeSafetensors(
    damaged,
    { ...weights, "stem.bias": { shape: [32], data: bias } },
    { dtype: "F32" },
  )();

  it("takes AlexNet from a file of PyTorch's, without what it does not use, and linear weights", async () => {
    const drawn = initialWeights(alexNet.parameters, { seed: 2 });
    const more = { "classifier.6.bias": { shape: [3], data: new Float32Array(3).fill(Number.NaN) } };
    const tensors = Object.entries({ ...drawn, ...more }).map(([name, array]) => streamed(name, array));
    await writeWeights(at("alexnet.pth"), tensors, { format: "pytorch-zip" })();
    const read = await readFeatureNetwork(at("alexnet.pth"), await linear("alex.safetensors", alexNet))();
    if (E.isLeft(read)) throw new Error(read.left.message);
    expect(read.right.network).toBe(alexNet);
    expect(Object.keys(read.right.weights)).toEqual(Object.keys(drawn));
    for (const name of ["features.0.weight", "features.10.bias"])
      expect(read.right.weights[name]).toEqual(drawn[name]);
    expect(read.right.linear?.["lin1.model.1.weight"]).toEqual({
      shape: [1, 192, 1, 1],
      data: new Float32Array(192).fill(0.5),
    });
  });

  it("has no linear weights if no file is given", async () => {
    const read = await readFeatureNetwork(file)();
    expect(E.isRight(read) && read.right.linear).toBeNull();
  });

  it.each<[string, () => Promise<readonly [string, string?]>, RegExp]>([
    [
      "weights that are not numbers",
      async () => [damaged],
      /tensor "stem\.bias": found NaN, expected finite/,
    ],
    [
      "linear weights that are infinite",
      async () => [file, await linear("infinite.safetensors", efficientNetLite0, Number.POSITIVE_INFINITY)],
      /infinite\.safetensors: tensor "lin0\.model\.1\.weight": found Infinity/,
    ],
    [
      "linear weights of another network",
      async () => [file, await linear("other.safetensors", alexNet)],
      /other\.safetensors: the linear weights are not EfficientNet-lite0's: "lin0\.model\.1\.weight": found shape \[1, 64, 1, 1\], expected \[1, 16, 1, 1\]; take/,
    ],
    [
      "a network for linear weights",
      async () => [file, file],
      /"lin0\.model\.1\.weight" \[1, 16, 1, 1\] is missing/,
    ],
    [
      "linear weights for a network",
      async () => [await linear("swapped.safetensors", alexNet)],
      /swapped\.safetensors: found 5 tensors such as "lin0\.model\.1\.weight"/,
    ],
    ["no file", async () => [at("none.pth")], /none\.pth: it cannot be read: it does not exist/],
  ])("refuses %s in one line", async (_, files, message) => {
    const found = messageOf(await readFeatureNetwork(...(await files()))());
    expect(found).toMatch(message);
    expect(found).not.toContain("\n");
  });
});
