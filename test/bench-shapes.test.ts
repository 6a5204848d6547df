/** What the benchmarks measure with: models of a shape, bare convolutions, and the start of a training step. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NdArray, normal, referenceEngine } from "@tadsr/core";
import { initialWeights, readsNoise, smallNetwork, upscale } from "@tadsr/model";
import { FAMILIES } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import { bareGraph, productsOfBare } from "../bench/lib/bare-convolutions.ts";
import { failed } from "../bench/lib/bench-error.ts";
import { forEachGflop, gflopOf } from "../bench/lib/gflop.ts";
import { float, openSession, wave } from "../bench/lib/onnx-session.ts";
import { photograph } from "../bench/lib/photograph.ts";
import { productsOf, shapeModel } from "../bench/lib/shape-model.ts";
import { type RecordedStart, randomStart, readStart, writeStart } from "../bench/training/record.ts";
import { recordedTask } from "../bench/training/recorded-task.ts";

const right = <L, A>(either: E.Either<L, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};

/** Whether both have the same numbers. For large arrays `toEqual` would take minutes. */
const isSame = (a: NdArray["data"] | undefined, b: NdArray["data"] | undefined): boolean =>
  a !== undefined && a.length === b?.length && a.every((value, i) => value === b[i]);

describe("a model of a family's shape", () => {
  test.each(["small", "tiny", "unet"] as const)(
    "%s has no zero weights except the intended ones",
    (family) => {
      const { network, weights } = right(shapeModel(family, { hearsNoise: true }));
      expect(Object.keys(weights)).toEqual(network.parameters.map(({ name }) => name));
      for (const [name, { data }] of Object.entries(weights))
        expect(
          data.every((value) => value !== 0),
          name,
        ).toBe(true);
    },
  );

  test.each([
    ["small", 941_760, 48 * 64],
    ["tiny", 250_128, 48 * 48],
  ] as const)(
    "%s takes %d products, and without noise those of one convolution less",
    (family, products, less) => {
      const [noisy, deaf] = [true, false].map((hearsNoise) => right(shapeModel(family, { hearsNoise })));
      if (noisy === undefined || deaf === undefined) throw new Error("two were made");
      expect(productsOf(noisy)).toBe(products);
      expect(productsOf(deaf)).toBe(products - 9 * less);
      expect(readsNoise(noisy.network, noisy.weights)).toBe(true);
      expect(readsNoise(deaf.network, deaf.weights)).toBe(false);
      const changed = Object.keys(noisy.weights).filter(
        (name) => !isSame(noisy.weights[name]?.data, deaf.weights[name]?.data),
      );
      expect(changed).toEqual(["input.latent.weight", "input.latent.bias"]);
    },
  );

  test("upscales four times, with another result than bicubic interpolation", async () => {
    const model = right(shapeModel("tiny", { hearsNoise: false }));
    const weights = initialWeights(model.network.parameters, { seed: 1 });
    const picture = photograph(6, 5);
    const [made, bicubic] = await Promise.all(
      [model, { ...model, weights }].map(async (each) =>
        right(await upscale(referenceEngine, each)(picture, { seed: 0 })()),
      ),
    );
    expect(made).toMatchObject({ width: 24, height: 20 });
    expect(made?.data).not.toEqual(bicubic?.data);
  });

  test("is refused if there is no such family", () => {
    expect(shapeModel("huge", { hearsNoise: false })).toEqual(
      E.left(failed("there is no family huge; there are small, tiny, unet")),
    );
  });
});

describe("bare convolutions", () => {
  test("compute the same as consecutive convolutions, in ONNX Runtime", async () => {
    const [channels, side] = [4, 5];
    const dims = [1, channels, side, side];
    const x = wave(channels * side * side);
    const run = async (count: number): Promise<Float32Array> => {
      const session = await openSession(bareGraph({ channels, count, side }));
      try {
        return (await session.run({ x: float(x, dims) })).y?.data as Float32Array;
      } finally {
        await session.release();
      }
    };
    const [one, two] = [await run(1), await run(2)];
    expect(one).toHaveLength(x.length);
    expect(two).toHaveLength(x.length);
    for (const result of [one, two]) expect(result.every(Number.isFinite)).toBe(true);
    expect(two).not.toEqual(one);
    // A corner of the first, by hand: four taps of each channel are inside the image.
    const kernel = wave(9 * channels * channels).map(
      (number, i) => (number + Math.cos(i) / 2) / Math.sqrt(9 * channels),
    );
    let corner = 0;
    for (let c = 0; c < channels; c++)
      for (const [row, column] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const)
        corner +=
          (x[(c * side + row) * side + column] as number) *
          (kernel[(c * 3 + row + 1) * 3 + column + 1] as number);
    expect(one[0]).toBeCloseTo(corner, 5);
  });

  test("have their products counted", () => {
    expect(productsOfBare({ channels: 64, count: 3, side: 256 })).toBe(3 * 36_864 * 65_536);
    expect(gflopOf(36_864 * 65_536)).toBeCloseTo(4.832, 3);
  });

  test("and everything else is timed for each GFLOP", async () => {
    const side = forEachGflop({ name: "a", run: async () => 12 }, 4);
    expect([side.name, await side.run()]).toEqual(["a, each GFLOP", 3]);
  });
});

describe("the start of a training step", () => {
  test("is of the target's size: 16 crops of 32 x 32 pixels, and the stack small", () => {
    const { network, teacher, student, draws } = randomStart("target");
    expect(network).toEqual(FAMILIES.small.network);
    expect(teacher).toEqual({});
    expect(Object.keys(student)).toEqual(smallNetwork(network).parameters.map(({ name }) => name));
    expect(Object.entries(draws).map(([name, { shape }]) => [name, shape.join(" ")])).toEqual([
      ["z_0", "16 32 32 48"],
      ["z_y", "16 32 32 48"],
      ["noise", "16 32 32 48"],
      ["picture", "16 32 32 3"],
    ]);
  });

  test("comes back from its file for its task, and is refused for another", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tadsr-bench-start-"));
    try {
      const file = join(folder, "target.safetensors");
      const start = randomStart("target");
      right(await writeStart(file, start, { rate: 1 })());
      const { student, draws, ...rest } = right(await readStart(file, "target")());
      expect(rest).toEqual({ network: start.network, schedule: start.schedule, teacher: {} });
      for (const [found, expected] of [
        [student, start.student],
        [draws, start.draws],
      ] as const) {
        expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
        for (const [name, { shape, data }] of Object.entries(expected)) {
          expect(found[name as keyof typeof found]?.shape).toEqual(shape);
          expect(isSame(found[name as keyof typeof found]?.data, data), name).toBe(true);
        }
      }
      expect(await readStart(file, "student")()).toEqual(E.left(`${file}: draws.scoreNoise is missing`));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const tiny: RecordedStart["network"] = {
    kind: "stack",
    latentChannels: 3,
    channels: 4,
    blocks: 1,
    timeFeatures: 4,
    timeChannels: 5,
  };

  const image = (channels: number, stream: number): NdArray => ({
    shape: [2, 3, 4, channels],
    data: Float32Array.from(normal({ seed: 1, stream }, 0, 24 * channels)),
  });

  test("towards a target costs the mean absolute error from it, by the student's weights alone", async () => {
    const { schedule } = right(shapeModel("small", { hearsNoise: true }));
    const network = smallNetwork(tiny);
    const [z_0, z_y] = [image(3, 1), image(3, 2)];
    const start: RecordedStart = {
      network: tiny,
      schedule: FAMILIES.small.schedule,
      teacher: {},
      student: {},
      draws: { z_0, z_y, noise: image(3, 3), picture: image(3, 4) },
    };
    const task = recordedTask(referenceEngine, "target", network, schedule, start);
    const weights = initialWeights(network.parameters, { seed: 2 });
    const uploaded = Object.fromEntries(
      network.parameters.map(({ name, kind }) => [
        name,
        referenceEngine.upload(kind, weights[name] as NdArray),
      ]),
    );
    const batch = { step: 0, hr: null, lr: new Float32Array() };
    const { discriminatorSide, objective } = task.prepare(batch);
    expect(discriminatorSide).toBe(null);
    // A fresh network predicts z_y.
    const distances = Array.from(z_0.data, (value, i) => Math.abs(value - (z_y.data[i] as number)));
    const expected = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
    expect(objective(null)(uploaded).loss.data[0]).toBeCloseTo(expected, 9);
  });
});
