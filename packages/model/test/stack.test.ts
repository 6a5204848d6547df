import {
  type Engine,
  elements,
  type NdArray,
  normal,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
} from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  conditionChannels,
  initialWeights,
  type Model,
  NOISY_INPUT,
  type Picture,
  parameterCount,
  readsNoise,
  receptiveField,
  type StackConfig,
  stack,
  type UpscaleOptions,
  upscale,
} from "../src/index.ts";
import { randomModel, randomPicture, tinyStackDescription } from "./fixtures.ts";

const tiny: StackConfig = {
  kind: "stack",
  latentChannels: 3,
  channels: 4,
  blocks: 3,
  timeFeatures: 4,
  timeChannels: 5,
};
const network = stack(tiny);

const noise = (stream: number, shape: readonly number[]): NdArray => ({
  shape,
  data: normal({ seed: 2, stream }, 0, elements(shape)),
});

const upload = (weights: Readonly<Record<string, NdArray>>): Record<string, ReferenceTensor> =>
  Object.fromEntries(
    network.parameters.map(({ name, kind, shape }) => [
      name,
      referenceEngine.upload(kind, weights[name] ?? { shape, data: new Float64Array(0) }),
    ]),
  );

const [height, width] = [4, 5];

const inputs = (batch: number, index: number | readonly number[], stream = 1) => ({
  input: referenceEngine.upload("image", noise(stream, [batch, height, width, tiny.latentChannels])),
  condition: referenceEngine.upload("image", noise(2, [batch, height, width, conditionChannels(network)])),
  time: referenceEngine.upload("matrix", network.timeFeatures(index, batch)),
});

const random = (): Record<string, ReferenceTensor> =>
  upload(Object.fromEntries(network.parameters.map(({ name, shape }, i) => [name, noise(10 + i, shape)])));

const fresh = (): Record<string, ReferenceTensor> => upload(initialWeights(network.parameters, { seed: 4 }));

describe("the stack", () => {
  it("is bicubic before it is trained: it predicts z_y, the first channels of its condition", () => {
    const given = inputs(2, 1);
    const z_y = referenceAlgebra.sliceChannels(given.condition, 0, tiny.latentChannels);
    expect(network.run(referenceAlgebra)(fresh(), given).data).toEqual(z_y.data);
  });

  it("does not depend on the noise while the weights of z_t are zero, as they are at first", () => {
    const weights = { ...random() };
    const zeros = fresh();
    for (const name of Object.keys(weights))
      if (name.startsWith(NOISY_INPUT)) weights[name] = zeros[name] as ReferenceTensor;
    const [once, again] = [1, 77].map((stream) =>
      network.run(referenceAlgebra)(weights, inputs(1, 2, stream)),
    );
    expect(once?.data).toEqual(again?.data);
    const [heard, other] = [1, 77].map((stream) =>
      network.run(referenceAlgebra)(random(), inputs(1, 2, stream)),
    );
    expect(heard?.data).not.toEqual(other?.data);
  });

  it("reads every parameter that it declares, and no other", () => {
    const read = new Set<string>();
    const watched = new Proxy(random(), {
      get: (target, name) => {
        read.add(String(name));
        return Reflect.get(target, name);
      },
    });
    network.run(referenceAlgebra)(watched, inputs(1, 0));
    expect([...read].sort()).toEqual(network.parameters.map(({ name }) => name).sort());
  });

  it("gives each sample its own time, by a shift in every block", () => {
    const weights = random();
    const run = (index: number | readonly number[]) =>
      network.run(referenceAlgebra)(weights, inputs(2, index)).data;
    const [mixed, zeros, threes] = [run([0, 3]), run(0), run(3)];
    const half = mixed.length / 2;
    expect(mixed.slice(0, half)).toEqual(zeros.slice(0, half));
    expect(mixed.slice(half)).toEqual(threes.slice(half));
    for (let block = 0; block < tiny.blocks; block++) {
      const silent = Object.fromEntries(
        Object.entries(weights).map(([name, tensor]) => [
          name,
          /^blocks\.\d+\.time/.test(name) && !name.startsWith(`blocks.${block}.`)
            ? referenceAlgebra.scale(tensor, 0)
            : tensor,
        ]),
      );
      const [early, late] = [0, 3].map((t) => network.run(referenceAlgebra)(silent, inputs(1, t)).data);
      expect(early).not.toEqual(late);
    }
  });

  it("has the required sizes: small under 0.95, tiny under 0.28 million products a pixel", () => {
    const shape = { kind: "stack", latentChannels: 48, timeFeatures: 64, timeChannels: 64 } as const;
    const convolutions = (config: StackConfig): number =>
      stack(config)
        .parameters.filter(({ kind }) => kind === "convolution")
        .reduce((sum, { shape: sides }) => sum + elements(sides), 0);
    expect(convolutions({ ...shape, channels: 64, blocks: 12 })).toBe(941_760);
    expect(convolutions({ ...shape, channels: 48, blocks: 5 })).toBe(250_128);
    expect(parameterCount(stack({ ...shape, channels: 48, blocks: 5 }).parameters)).toBe(274_672);
  });

  it("sees exactly one pixel further with every convolution", () => {
    expect(receptiveField(network)).toEqual({ margin: 2 + 2 * tiny.blocks, alignment: 1 });
    const side = 4 * tiny.blocks + 9;
    const at = (x: number): Float64Array => {
      const shape = [1, 1, side, conditionChannels(network)];
      const condition = noise(2, shape);
      const data = Float64Array.from(condition.data);
      for (let c = 0; c < 6; c++) data[x * 6 + c] = 3;
      return network.run(referenceAlgebra)(random(), {
        input: referenceEngine.upload("image", noise(1, [1, 1, side, 3])),
        condition: referenceEngine.upload("image", { shape, data }),
        time: referenceEngine.upload("matrix", network.timeFeatures(1, 1)),
      }).data;
    };
    const middle = (side - 1) / 2;
    const [before, after] = [at(side + 1), at(middle)];
    const changed = Array.from({ length: side }, (_, x) => x).filter((x) =>
      [0, 1, 2].some((c) => before[3 * x + c] !== after[3 * x + c]),
    );
    const reach = 2 + 2 * tiny.blocks;
    expect([changed[0], changed.at(-1)]).toEqual([middle - reach, middle + reach]);
  });

  it("has an encoder that gives the trunk at three places, each of all the channels", () => {
    const { channels, strides, run } = network.encoder;
    expect([channels, strides]).toEqual([
      [4, 4, 4],
      [1, 1, 1],
    ]);
    const maps = run(referenceAlgebra)(random(), inputs(2, 1));
    expect(maps.map(({ shape }) => shape)).toEqual(maps.map(() => [2, height, width, 4]));
    expect(new Set(maps.map(({ data }) => data.join())).size).toBe(3);
  });
});

describe("upscaling by a stack", () => {
  const run = async (
    picture: Picture,
    options: Partial<UpscaleOptions> = {},
    model: Model = randomModel(tinyStackDescription),
    engine: Engine<ReferenceTensor> = referenceEngine,
  ): Promise<Picture> => {
    const result = await upscale(engine, model)(picture, { seed: 3, ...options })();
    if (E.isLeft(result)) throw new Error(result.left.message);
    return result.right;
  };

  it("has no seams, with one step and with several", async () => {
    const picture = randomPicture(41, 33);
    for (const steps of [1, 2]) {
      const whole = await run(picture, { tile: 64, steps });
      const tiled = await run(picture, { tile: 9, steps });
      const most = whole.data.reduce(
        (max, value, i) => Math.max(max, Math.abs(value - (tiled.data[i] ?? 0))),
        0,
      );
      expect(most).toBeLessThanOrEqual(1);
      expect(new Set(whole.data).size).toBeGreaterThan(100);
    }
  });

  /** The weights by which z_t enters are zero, and its bias too where that is wanted. */
  const deaf = (names: readonly string[]): Model => {
    const model = randomModel(tinyStackDescription);
    const silenced = names.map((name): [string, NdArray] => {
      const { shape, data } = model.weights[name] as NdArray;
      return [name, { shape, data: new Float32Array(data.length) }];
    });
    return { ...model, weights: { ...model.weights, ...Object.fromEntries(silenced) } };
  };
  const weight = `${NOISY_INPUT}.weight`;
  const models = [deaf([weight, `${NOISY_INPUT}.bias`]), deaf([weight])];

  it("draws no noise if the weights of z_t are zero, and gives the same as with noise", async () => {
    const picture = randomPicture(9, 7);
    for (const model of models)
      for (const steps of [1, 3]) {
        const uploaded: string[] = [];
        const watching: Engine<ReferenceTensor> = {
          ...referenceEngine,
          upload: (kind, array, use) => {
            if (kind === "image") uploaded.push(array.shape.join());
            return referenceEngine.upload(kind, array, use);
          },
        };
        const found = await run(picture, { steps }, model, watching);
        expect(uploaded).toEqual(["1,11,13,3", "1,7,9,3"]);
        // A network that does not name the convolution by which z_t enters gets noise.
        const { entrance, ...network } = model.network;
        expect(entrance).toBe(NOISY_INPUT);
        const noisy = await run(picture, { steps }, { ...model, network });
        expect(found).toEqual(noisy);
        expect(await run(picture, { steps, seed: 4 }, model)).toEqual(found);
      }
  });

  it("draws it if they are not, and if only the bias is zero", async () => {
    const picture = randomPicture(9, 7);
    for (const model of [randomModel(tinyStackDescription), deaf([`${NOISY_INPUT}.bias`])]) {
      expect(readsNoise(model.network, model.weights)).toBe(true);
      expect(await run(picture, {}, model)).not.toEqual(await run(picture, { seed: 4 }, model));
    }
    expect(models.map(({ network, weights }) => readsNoise(network, weights))).toEqual([false, false]);
  });
});
