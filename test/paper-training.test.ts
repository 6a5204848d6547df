/**
 * The discriminator gives the authors' numbers on every runtime. On runtimes with gradients, a step of Algorithm 1 has
 * the recorded losses, gradients and updates.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeSchedule, type NdArray, type Runtime, superResolutionSchedule } from "@tadsr/core";
import {
  type DiscriminatorConfig,
  discriminator,
  type HostWeights,
  inferArchitecture,
  type ParameterSpec,
  type SwinUNetConfig,
  swinUNet,
  swinUNetConfigOf,
  uploadWeights,
} from "@tadsr/model";
import { type Learned, type RecordedStep, runAlgorithmOne } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperFixtures } from "../packages/model/test/paper-fixtures.ts";
import { imageOf, recorded, relativeError } from "./recorded.ts";
import { runtimes } from "./runtimes.ts";

const folder = paperFixtures();
const TOLERANCE = 1e-4;

type Tensors = Readonly<Record<string, NdArray>>;

interface Files {
  readonly io: Tensors;
  readonly step: Tensors;
  readonly discriminator: HostWeights;
  readonly discriminatorConfig: DiscriminatorConfig;
  readonly teacher: HostWeights;
  readonly student: HostWeights;
  readonly config: SwinUNetConfig;
  readonly settings: { readonly lambda_hsd: number; readonly lambda_adv: number; readonly lr: number };
}

let files: Files;

const right = <L extends { readonly message: string }, A>(result: E.Either<L, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** The learned weights, without the derived ones. */
const ofSpecs = (specs: readonly ParameterSpec[], tensors: Tensors): HostWeights =>
  Object.fromEntries(specs.map(({ name }) => [name, tensors[name] as NdArray]));

beforeAll(async () => {
  const at = (name: string): Promise<Tensors> => recorded(join(folder(), name));
  const manifest = JSON.parse(readFileSync(join(folder(), "manifest.json"), "utf8")) as {
    readonly unet_a: { readonly config: Readonly<Record<string, unknown>> };
    readonly train_step: Files["settings"];
  };
  const config = right(swinUNetConfigOf("manifest.json", manifest.unet_a.config));
  const { parameters } = swinUNet(config);
  const learned = await at("discriminator.pth");
  const shapes = new Map(Object.entries(learned).map(([name, { shape }]) => [name, shape]));
  const inferred = right(inferArchitecture(shapes));
  if (inferred.kind !== "discriminator") throw new Error(`taken for ${inferred.kind}`);
  files = {
    io: await at("discriminator.io.safetensors"),
    step: await at("train_step.safetensors"),
    discriminator: learned,
    discriminatorConfig: inferred.config,
    teacher: ofSpecs(parameters, await at("unet_a.pth")),
    student: ofSpecs(parameters, await at("student.pth")),
    config,
    settings: manifest.train_step,
  };
});

describe("the authors' file of the discriminator", () => {
  it("has exactly the parameters and the state of the discriminator here", () => {
    const { parameters, state } = discriminator(files.discriminatorConfig);
    const declared = [...parameters, ...state].map(({ name, shape }) => [name, [...shape]]);
    const found = Object.entries(files.discriminator).map(([name, { shape }]) => [name, [...shape]]);
    expect(declared.sort()).toEqual(found.sort());
  });
});

/** Logits in the authors' order: [n, outputs * pixels]. */
const flattened = ({ shape, data }: NdArray): NdArray => {
  const [n = 0, h = 0, w = 0, c = 0] = shape;
  const result = new Float32Array(data.length);
  for (let sample = 0; sample < n; sample++)
    for (let channel = 0; channel < c; channel++)
      for (let pixel = 0; pixel < h * w; pixel++)
        result[(sample * c + channel) * h * w + pixel] = data[
          (sample * h * w + pixel) * c + channel
        ] as number;
  return { shape: [n, c * h * w], data: result };
};

const numberIn = (name: string): number => files.step[name]?.data[0] ?? Number.NaN;

/**
 * Tolerances: of gradients relative to their tensor; of updates relative to the rate, if the gradient is not near 0.
 */
const expectLearned = (who: "student" | "D", before: HostWeights, { gradients, weights }: Learned): void => {
  const prefix = `grad.${who}.`;
  const names = Object.keys(files.step).filter((key) => key.startsWith(prefix));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names.map((key) => key.slice(prefix.length))) {
    const gradient = files.step[`${prefix}${name}`] as NdArray;
    expect(relativeError(gradients[name] as NdArray, gradient), name).toBeLessThan(TOLERANCE);
    const expected = files.step[`adamw.${who}.${name}`] as NdArray;
    expected.data.forEach((value, i) => {
      if (Math.abs(gradient.data[i] ?? 0) <= 1e-6) return;
      const start = before[name]?.data[i] ?? Number.NaN;
      const change = (weights[name]?.data[i] ?? Number.NaN) - start;
      // A weight near 1 is rounded to 6e-8, at most a hundredth of the rate.
      if (!(Math.abs(change - (value - start)) <= 0.01 * files.settings.lr))
        expect.fail(`${who}'s ${name}[${i}] changed by ${change}, expected ${value - start}`);
    });
  }
  const squares = Object.values(gradients).flatMap(({ data }) => Array.from(data, (g) => g * g));
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  expect(norm / numberIn(`gradnorm.${who}`)).toBeCloseTo(1, 4);
};

const expectLosses = (result: RecordedStep): void => {
  const losses: Readonly<Record<string, number>> = {
    "loss.D": result.discriminatorLoss,
    "loss.distill": result.distillation,
    "loss.hsd": result.score.loss,
    "loss.sds": result.scoreSampling.loss,
    ...(result.trained === null
      ? {}
      : { "loss.G": result.trained.adversarial, "loss.total": result.trained.total }),
  };
  for (const [name, loss] of Object.entries(losses))
    expect(Math.abs(loss / numberIn(name) - 1), name).toBeLessThan(TOLERANCE);
};

const describeAgreement = async <T>({ name, open }: Runtime<T>): Promise<void> => {
  const opened = await open();
  if (E.isLeft(opened)) {
    const title = `the discriminator on ${name}`;
    const { missing, remedy } = opened.left;
    if (process.env.TADSR_NO_SKIPS === "1") it(title, () => expect.fail(`${missing}; ${remedy}`));
    else it.skip(`${title}: skipped: ${missing}; ${remedy}`, () => undefined);
    return;
  }
  const engine = opened.right;
  afterAll(() => engine.close());

  describe(`the discriminator on ${name}`, () => {
    it.each(["eval", "train"])("gives the authors' logits, pass: %s", async (pass) => {
      const network = discriminator(files.discriminatorConfig);
      const weights = uploadWeights(engine, network.parameters, files.discriminator);
      const state = uploadWeights(engine, network.state, files.discriminator);
      const index = [...(files.io.t?.data ?? [])];
      const heads = engine.scope(() =>
        network.run(engine.algebra)(
          weights,
          pass === "train" ? network.powerIteration(engine.algebra)(weights, state) : state,
          {
            features: files.discriminatorConfig.channels.map((_, k) =>
              engine.upload("image", imageOf(files.io[`feature.${k}`] as NdArray)),
            ),
            time: engine.upload("matrix", network.timeFeatures(index, index.length)),
          },
        ),
      );
      for (const [k, { logits }] of heads.entries()) {
        const expected = files.io[`${pass}.logits.${k}`] as NdArray;
        expect(relativeError(flattened(await engine.download("image", logits)), expected)).toBeLessThan(
          TOLERANCE,
        );
      }
      engine.release([...heads.map(({ logits }) => logits), ...Object.values({ ...weights, ...state })]);
    });
  });

  // In plain JavaScript its convolutions' gradients take minutes; `tadsr verify` runs them there too.
  if (name === "cpu") return;
  describe(`a step of Algorithm 1 on ${name}`, () => {
    it("has the recorded losses, gradients and updated weights", async () => {
      const before = engine.liveTensors();
      const network = swinUNet(files.config);
      const { step, settings, student, teacher } = files;
      const image = (key: string): NdArray => imageOf(step[key] as NdArray);
      const times = (key: string): readonly number[] =>
        [...(step[key]?.data ?? [])].map((index) => index + 1);
      const result = await runAlgorithmOne(
        engine,
        {
          schedule: right(makeSchedule(superResolutionSchedule)),
          student: { network, weights: student },
          teacher: { network, weights: teacher },
          discriminator: { config: files.discriminatorConfig, weights: files.discriminator },
        },
        {
          ...{ z_0: image("z0"), z_y: image("z_y"), condition: image("lq"), noise: image("eps") },
          ...{ discriminatorNoise: image("eps_d"), discriminatorTime: times("t_d") },
          ...{ scoreNoise: image("eps_hsd"), scoreTime: times("t_hsd") },
        },
        {
          weights: { distillation: 1, score: settings.lambda_hsd, adversarial: settings.lambda_adv },
          reading: { inputScaling: "once" },
          ...{ rate: settings.lr, discriminatorRate: settings.lr },
        },
      );
      expect(engine.liveTensors()).toBe(before);
      for (const [found, key] of [
        [result.z_T, "z_T"],
        [result.z_0_student, "student.z0"],
        [result.z_0_teacher, "teacher.z0"],
        [result.score.gradient, "hsd.gradient"],
        [result.scoreSampling.gradient, "sds.gradient"],
      ] as const)
        expect(relativeError(found, image(key)), key).toBeLessThan(TOLERANCE);
      expectLosses(result);
      expect(result.trained === null).toBe(engine.differentiate === null);
      if (result.trained === null) return;
      expectLearned("student", student, result.trained.student);
      expectLearned("D", files.discriminator, result.trained.discriminator);
    });
  });
};

for (const runtime of Object.values(runtimes)) await describeAgreement(runtime);
