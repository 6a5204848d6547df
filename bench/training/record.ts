/**
 * The start of a timed training step, in one safetensors file that the PyTorch program reads too, so that both compute
 * the same step: weights of a teacher and of a student, latents, noises and times.
 */
import { elements, type NdArray, normal, type ScheduleConfig, uniform } from "@tadsr/core";
import { readSafetensors, writeSafetensors } from "@tadsr/files";
import {
  COLOURS,
  type HostWeights,
  type ParameterSpec,
  randomWeight,
  type SmallNetworkConfig,
  smallNetwork,
} from "@tadsr/model";
import { FAMILIES, type Family, STUDENT_DEFAULTS, TEACHER_DEFAULTS } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";

/** The step of a teacher, of a student, and of a student that learns only a stronger network's pictures. */
export const TASKS = ["teacher", "student", "target"] as const;
export type TaskName = (typeof TASKS)[number];

const LATENTS = ["z_0", "z_y", "noise"] as const;
const TIMES = ["time", "scoreTime"] as const;
export type Draw = (typeof LATENTS)[number] | "scoreNoise" | "picture" | (typeof TIMES)[number];

export interface RecordedStart {
  readonly network: SmallNetworkConfig;
  readonly schedule: ScheduleConfig;
  /** With PyTorch's names and layouts. The target's step has no teacher. */
  readonly teacher: HostWeights;
  readonly student: HostWeights;
  /** Latents and noises [batch, side, side, channels], the picture [batch, side, side, 3]; times [batch], 1..T. */
  readonly draws: Readonly<Partial<Record<Draw, NdArray>>>;
}

/** The size of a step, and what is drawn for it. */
interface Recorded {
  readonly family: Family;
  readonly batch: number;
  /** The side of the latents, in pixels. */
  readonly side: number;
  readonly draws: readonly Draw[];
}

/** One step of the defaults: a batch of 10 crops of 160 pixels, whose latents are 40 x 40. */
const DISTILLED: Recorded = {
  family: FAMILIES.unet,
  batch: TEACHER_DEFAULTS.batch,
  side: TEACHER_DEFAULTS.crop / 4,
  draws: [...LATENTS, "scoreNoise", ...TIMES],
};

const RECORDED: Readonly<Record<TaskName, Recorded>> = {
  teacher: DISTILLED,
  student: DISTILLED,
  target: { family: FAMILIES.small, batch: 16, side: 32, draws: [...LATENTS, "picture"] },
};

/** The learning rate of both programs, from the first step on. It is small, so that rounding is not amplified. */
export const RATE = STUDENT_DEFAULTS.rate.peak;
export const AVERAGE_DECAY = TEACHER_DEFAULTS.averageDecay;
/** The weight of Eq 8; that of Eq 6 is 1. */
export const SCORE_WEIGHT = STUDENT_DEFAULTS.weights.score;
/** The norm that the gradient is scaled down to; 0: no limit. */
export const CLIP: Readonly<Record<TaskName, number>> = { teacher: 0, student: 0, target: 0.5 };

const randomWeights = (parameters: readonly ParameterSpec[], seed: number): HostWeights =>
  Object.fromEntries(parameters.map((spec, place) => [spec.name, randomWeight(spec, { seed, place })]));

const randomImage = (shape: readonly number[], stream: number, deviation: number): NdArray => ({
  shape,
  data: Float32Array.from(normal({ seed: 1, stream }, 0, elements(shape)), (value) => deviation * value),
});

/** Whole numbers 1..`most`. */
const randomTimes = (batch: number, stream: number, most: number): NdArray => ({
  shape: [batch],
  data: Float32Array.from(uniform({ seed: 1, stream }, 0, batch), (value) => 1 + Math.floor(value * most)),
});

/** The same task gives the same start everywhere. The student's weights are near the teacher's, but not equal. */
export const randomStart = (task: TaskName): RecordedStart => {
  const { family, batch, side, draws } = RECORDED[task];
  const { network, schedule } = family;
  const { parameters } = smallNetwork(network);
  const latent = [batch, side, side, network.latentChannels];
  const drawn: Readonly<Record<Draw, () => NdArray>> = {
    z_0: () => randomImage(latent, 1, 0.5),
    z_y: () => randomImage(latent, 2, 0.5),
    noise: () => randomImage(latent, 3, 1),
    scoreNoise: () => randomImage(latent, 4, 1),
    time: () => randomTimes(batch, 5, schedule.steps),
    scoreTime: () => randomTimes(batch, 6, schedule.steps - 1),
    picture: () => randomImage([batch, side, side, COLOURS], 7, 0.5),
  };
  return {
    network,
    schedule,
    teacher: task === "target" ? {} : randomWeights(parameters, 1),
    student: randomWeights(parameters, 2),
    draws: Object.fromEntries(draws.map((name) => [name, drawn[name]()])),
  };
};

const GROUPS = ["teacher", "student", "draws"] as const;

/** Each tensor is called `<group>.<name>`. Everything else is JSON in the file's metadata, under `start`. */
export const writeStart = (
  file: string,
  start: RecordedStart,
  numbers: Readonly<Record<string, unknown>>,
): TE.TaskEither<string, void> =>
  pipe(
    writeSafetensors(
      file,
      Object.fromEntries(
        GROUPS.flatMap((group) =>
          Object.entries(start[group]).map(([name, tensor]) => [`${group}.${name}`, tensor]),
        ),
      ),
      {
        dtype: "F32",
        metadata: {
          start: JSON.stringify({ network: start.network, schedule: start.schedule, ...numbers }),
        },
      },
    ),
    TE.mapLeft(({ message }) => message),
  );

/** Errors: the file cannot be read, or was not written by `writeStart` for this task. */
export const readStart = (file: string, task: TaskName): TE.TaskEither<string, RecordedStart> =>
  pipe(
    readSafetensors(file),
    TE.mapLeft(({ message }) => message),
    TE.chainEitherK(({ metadata, tensors }) => {
      if (metadata.start === undefined) return E.left(`${file}: no recorded start of a training step`);
      const { network, schedule } = JSON.parse(metadata.start) as RecordedStart;
      const group = (name: string): HostWeights =>
        Object.fromEntries(
          Object.entries(tensors)
            .filter(([key]) => key.startsWith(`${name}.`))
            .map(([key, tensor]) => [key.slice(name.length + 1), tensor]),
        );
      const draws = group("draws");
      const missing = RECORDED[task].draws.find((name) => draws[name] === undefined);
      if (missing !== undefined) return E.left(`${file}: draws.${missing} is missing`);
      return E.right({
        network,
        schedule,
        teacher: group("teacher"),
        student: group("student"),
        draws,
      });
    }),
  );
