import { join } from "node:path";
import { referenceAlgebra, referenceEngine } from "@tadsr/core";
import { loadModel, writeSafetensors } from "@tadsr/files";
import {
  type HostWeights,
  initialWeights,
  mixWeights,
  type PictureNetworkConfig,
  pictureNetwork,
} from "@tadsr/model";
import { beforeAll, describe, expect, it } from "vitest";
import {
  openLatents,
  openTarget,
  readTarget,
  STACK_SCHEDULE,
  type StudentTrainingOptions,
  type TrainingOutcome,
  trainStudent,
  trainTeacher,
} from "../src/index.ts";
import { message, right } from "./either.ts";
import { at, engine, losses, partsOf } from "./runs.ts";
import { tinyStudent, tinyTeacher } from "./tiny.ts";

const config: PictureNetworkConfig = { kind: "srvgg", channels: 4, convolutions: 1, factor: 4 };

/** Random, except for the last layer's biases, which make the picture brighter: that is learned quickly. */
const weightsOf = (seed: number, changed: PictureNetworkConfig = config): HostWeights =>
  Object.fromEntries(
    Object.entries(initialWeights(pictureNetwork(changed).parameters, { seed })).map(
      ([name, { shape, data }]) => [
        name,
        { shape, data: name === "body.4.bias" ? data.map(() => 0.2) : data },
      ],
    ),
  );

const write = async (name: string, weights: HostWeights): Promise<void> => {
  right(await writeSafetensors(at(name), weights, { dtype: "F32", metadata: {} })());
};

beforeAll(async () => {
  await write("a.safetensors", weightsOf(1));
  await write("b.safetensors", weightsOf(2));
  await write("twice.safetensors", weightsOf(1, { ...config, factor: 2 }));
  await write("wider.safetensors", weightsOf(1, { ...config, channels: 5 }));
});

const stack = {
  kind: "stack",
  latentChannels: 48,
  channels: 6,
  blocks: 1,
  timeFeatures: 4,
  timeChannels: 6,
} as const;

/** Without a teacher: it learns only the target's pictures. */
const pretraining = (name: string, changes: Partial<StudentTrainingOptions> = {}): StudentTrainingOptions => {
  const options = tinyStudent(at("photographs"), at(name), "");
  const none = { distillation: 0, score: 0, adversarial: 0, perceptual: 0, fidelity: 0, grid: 0 };
  return {
    ...options,
    teacher: null,
    network: stack,
    schedule: STACK_SCHEDULE,
    target: { model: at("a.safetensors"), mix: null },
    asTheyAre: 1,
    weights: { ...none, target: 1 },
    ...changes,
  };
};

const train = async (name: string, changes: Partial<StudentTrainingOptions> = {}): Promise<TrainingOutcome> =>
  right(await trainStudent(engine, pretraining(name, changes))());

/** Small pictures [2, 5, 5, 3] in [-1, 1]. */
const small = Float32Array.from({ length: 2 * 5 * 5 * 3 }, (_, i) => Math.sin(i * i));

describe("a target", () => {
  it("upscales pictures in [-1, 1] as its network upscales those in [0, 1]", async () => {
    const target = right(await readTarget({ model: at("a.safetensors"), mix: null })());
    const open = openTarget(referenceEngine, target);
    const shape = [2, 5, 5, 3];
    const upscaled = open.upscale(referenceEngine.upload("image", { shape, data: small }));
    const halved = small.map((value) => (value + 1) / 2);
    const own = pictureNetwork(config).run(referenceAlgebra)(
      Object.fromEntries(
        pictureNetwork(config).parameters.map(({ name, kind }) => [
          name,
          referenceEngine.upload(kind, weightsOf(1)[name] ?? { shape: [0], data: new Float32Array() }),
        ]),
      ),
      referenceEngine.upload("image", { shape, data: halved }),
    );
    expect(upscaled.shape).toEqual([2, 20, 20, 3]);
    for (const [i, value] of own.data.entries()) expect(upscaled.data[i]).toBeCloseTo(2 * value - 1, 6);
  });

  it("mixes a second file's weights into the first's by their share", async () => {
    const mix = { file: at("b.safetensors"), share: 0.75 };
    const { weights } = right(await readTarget({ model: at("a.safetensors"), mix })());
    expect(weights).toEqual(right(mixWeights(weightsOf(1), weightsOf(2), 0.75)));
    expect(weights).not.toEqual(weightsOf(1));
  });

  it.each([
    ["another factor", "twice.safetensors", null, /its factor is 2, expected 4/],
    ["another network in the mix", "a.safetensors", "wider.safetensors", /wider\.safetensors/],
    ["a file that is not there", "gone.safetensors", null, /gone\.safetensors/],
  ])("refuses %s", async (_, model, second, expected) => {
    const mix = second === null ? null : { file: at(second), share: 0.5 };
    expect(message(await readTarget({ model: at(model), mix })())).toMatch(expected);
  });
});

describe("training towards a target", () => {
  it("comes closer to the target, and makes a model that loads", async () => {
    const outcome = await train("towards", { steps: 60, rate: { peak: 1e-2, warmUp: 2, decay: "constant" } });
    const errors = (await partsOf("towards")).map(({ target }) => target ?? Number.NaN);
    const mean = (some: readonly number[]): number => some.reduce((a, b) => a + b, 0) / some.length;
    expect(mean(errors.slice(-10))).toBeLessThan(0.7 * mean(errors.slice(0, 10)));
    const model = right(await loadModel(outcome.model ?? "")());
    expect(model.description).toMatchObject({ network: stack, schedule: STACK_SCHEDULE, steps: 1 });
  });

  it("reports the mean absolute error from the target's picture at its first step", async () => {
    await train("first", { steps: 1 });
    const [first] = await partsOf("first");
    const { trainingBatch, openPhotographs } = await import("../src/index.ts");
    const photographs = right(await openPhotographs(at("photographs"), { shrink: 1, minimumSide: 1 })());
    const options = pretraining("first");
    const batch = await trainingBatch(
      photographs,
      {
        seed: options.seed,
        batch: 2,
        cropHR: options.crop,
        scale: 4,
        degradation: options.degradation,
        originals: false,
        asTheyAre: 1,
      },
      1,
    );
    const latents = openLatents(referenceEngine, { condition: "z_y", latentChannels: 48 }).of(batch, 2);
    const target = openTarget(
      referenceEngine,
      right(await readTarget({ model: at("a.safetensors"), mix: null })()),
    );
    const A = referenceAlgebra;
    const pictures = A.depthToSpace(latents.z_y, 4);
    const error = A.mean(A.abs(A.subtract(pictures, target.upscale(latents.small))));
    // An untrained stack gives bicubic interpolation.
    expect(first?.target).toBeCloseTo(error.data[0] ?? Number.NaN, 5);
  });

  it("starts from an earlier student, and keeps its network", async () => {
    const { model } = await train("early", { steps: 3 });
    await train("late", { steps: 1, start: model, network: { ...stack, channels: 9 }, seed: 10 });
    const late = right(await loadModel(join(at("late"), "model"))());
    expect(late.description.network).toEqual(stack);
  });

  it("works in Algorithm 1 with a teacher, and in Eq 4 for a teacher", async () => {
    const target = { model: at("a.safetensors"), mix: null };
    const options = {
      ...tinyTeacher(at("photographs"), at("target-teacher")),
      network: stack,
      target,
      steps: 2,
    };
    const { model } = right(await trainTeacher(engine, options)());
    const plain = { ...options, output: at("plain-teacher"), target: null };
    right(await trainTeacher(engine, plain)());
    expect(await losses("target-teacher")).not.toEqual(await losses("plain-teacher"));
    await train("distilled", {
      teacher: model,
      asTheyAre: 0,
      crop: 24,
      steps: 2,
      weights: {
        distillation: 1,
        score: 0.01,
        adversarial: 0.1,
        perceptual: 0,
        fidelity: 0,
        grid: 0,
        target: 1,
      },
    });
    const [first] = await partsOf("distilled");
    expect(Object.keys(first ?? {}).sort()).toEqual([
      "adversarial",
      "discriminator",
      "distillation",
      "score",
      "target",
    ]);
  });

  it.each([
    [
      "a loss of the paper's without a teacher",
      { weights: { ...pretraining("").weights, score: 1 } },
      /need a teacher/,
    ],
    ["a weight without a target", { target: null, asTheyAre: 0 }, /there is no target model; give one/],
    [
      "a target without a weight",
      { weights: { ...pretraining("").weights, target: 0, fidelity: 1 } },
      /its weight is 0/,
    ],
    [
      "a loss that needs photographs if there are none",
      { weights: { ...pretraining("").weights, fidelity: 1 } },
      /asTheyAre is above 0: it needs a target, and no loss that compares with the photographs/,
    ],
    ["a share above 1", { asTheyAre: 1.5 }, /asTheyAre is 1.5; allowed: a number from 0 to 1/],
  ])("refuses %s in one line", async (_, changes, expected) => {
    const refused = message(await trainStudent(engine, pretraining("refused", changes))());
    expect(refused).toMatch(expected);
    expect(refused).not.toContain("\n");
  });
});
