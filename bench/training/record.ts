/**
 * What a timed training step starts from, in one safetensors file that the program for PyTorch reads too, so
 * that both compute the same step: weights of a teacher and of a student, latents, noises and times.
 */
import { type NdArray, normal, type ScheduleConfig, uniform } from "@tadsr/core";
import {
  elements,
  type HostWeights,
  type ParameterSpec,
  type ResidualUNetConfig,
  randomWeight,
  readSafetensors,
  writeSafetensors,
} from "@tadsr/model";
import { FAMILIES, SMALL_SCHEDULE, STUDENT_DEFAULTS, TEACHER_DEFAULTS } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";

export interface RecordedStart {
  readonly network: ResidualUNetConfig;
  readonly schedule: ScheduleConfig;
  /** By PyTorch's names and in its layouts. */
  readonly teacher: HostWeights;
  readonly student: HostWeights;
  /** Latents and noises [batch, side, side, channels]; times [batch], 1..T. */
  readonly draws: Readonly<Record<Draw, NdArray>>;
}

const IMAGES = ["z_0", "z_y", "noise", "scoreNoise"] as const;
const TIMES = ["time", "scoreTime"] as const;
export type Draw = (typeof IMAGES)[number] | (typeof TIMES)[number];

/** One step of the defaults: a batch of 10 crops of 160 pixels, whose latents are 40 x 40. */
export const DEFAULT_SIZE = { batch: TEACHER_DEFAULTS.batch, side: TEACHER_DEFAULTS.crop / 4 } as const;
/** How fast both programs learn, from the first step on; small, so that rounding is not amplified. */
export const RATE = STUDENT_DEFAULTS.rate.peak;
export const AVERAGE_DECAY = TEACHER_DEFAULTS.averageDecay;
/** Weight of Eq 8 beside Eq 6. */
export const SCORE_WEIGHT = STUDENT_DEFAULTS.weights.score;

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

/** The same for the same size, everywhere. The student's weights are near the teacher's, but not the same. */
export const randomStart = (
  parameters: readonly ParameterSpec[],
  { batch, side }: { readonly batch: number; readonly side: number },
): RecordedStart => {
  const shape = [batch, side, side, FAMILIES.unet.network.latentChannels];
  return {
    network: FAMILIES.unet.network,
    schedule: SMALL_SCHEDULE,
    teacher: randomWeights(parameters, 1),
    student: randomWeights(parameters, 2),
    draws: {
      z_0: randomImage(shape, 1, 0.5),
      z_y: randomImage(shape, 2, 0.5),
      noise: randomImage(shape, 3, 1),
      scoreNoise: randomImage(shape, 4, 1),
      time: randomTimes(batch, 5, SMALL_SCHEDULE.steps),
      scoreTime: randomTimes(batch, 6, SMALL_SCHEDULE.steps - 1),
    },
  };
};

const GROUPS = ["teacher", "student", "draws"] as const;

/** Each tensor stands as `<group>.<name>`; what is no tensor is JSON in the file's metadata, under `start`. */
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

/** Errors: the file cannot be read, or was not written by `writeStart`. */
export const readStart = (file: string): TE.TaskEither<string, RecordedStart> =>
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
      const missing = [...IMAGES, ...TIMES].find((name) => draws[name] === undefined);
      if (missing !== undefined) return E.left(`${file}: draws.${missing} is missing`);
      return E.right({
        network,
        schedule,
        teacher: group("teacher"),
        student: group("student"),
        draws: draws as RecordedStart["draws"],
      });
    }),
  );
