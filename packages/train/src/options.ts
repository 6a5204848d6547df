/** What a training is asked for, with defaults and the check of every number. */
import type { ScheduleConfig } from "@tadsr/core";
import { type Encoder, HEAD_SPAN, type ResidualUNetConfig } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { LearningRate } from "./adamw.ts";
import type { TrainError } from "./errors.ts";
import { GRID_WINDOW } from "./grid-term.ts";
import { LATENT_FACTOR } from "./latents.ts";
import type { RunProgress } from "./run.ts";
import type { StudentWeights } from "./student.ts";

/** What teacher and student have in common. */
export interface TrainingOptions {
  /** Folder of photographs. */
  readonly data: string;
  /** Folder of the run: checkpoint, log and, in the end, the model. */
  readonly output: string;
  readonly steps: number;
  readonly batch: number;
  /** Side of the high-resolution crops in pixels. */
  readonly crop: number;
  /** Photographs are shrunk by this first: see `openPhotographs`. */
  readonly shrink: number;
  readonly seed: number;
  readonly rate: LearningRate;
  readonly averageDecay: number;
  readonly weightDecay: number;
  readonly checkpointEvery: number;
  readonly resume: boolean;
  /** safetensors made by tools/perceptual-weights.py; needed by a perceptual term. */
  readonly perceptualWeights: string | null;
}

export interface TeacherTrainingOptions extends TrainingOptions {
  readonly network: ResidualUNetConfig;
  readonly schedule: ScheduleConfig;
  /** Weight of the perceptual term beside Eq 4. */
  readonly perceptual: number;
}

export interface StudentTrainingOptions extends TrainingOptions {
  /** Model folder of the teacher; the student has its network, its schedule and its first weights. */
  readonly teacher: string;
  /** Model folder to start from instead of the teacher's weights, to train an earlier student further. */
  readonly start: string | null;
  readonly weights: StudentWeights;
  /** HSD and the discriminator by the paper's text, or as the authors' code has it (FACTS section 4). */
  readonly reading: "paper" | "code";
  /** Used where `weights.adversarial` is above 0: the paper's, or the plain GAN of its ablation. */
  readonly discriminator: "time-aware" | "plain";
  /** Peak of the discriminator's learning rate, which rises and falls as the student's does. */
  readonly discriminatorRate: number;
}

/** Who watches a training, and may stop it. */
export interface Watcher {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** The shipped small model's network: 2 073 840 parameters. */
export const SMALL_NETWORK: ResidualUNetConfig = {
  kind: "residual-unet",
  latentChannels: 48,
  channels: [64, 96, 128],
  blocks: [2, 2, 2],
  timeFeatures: 64,
  timeChannels: 128,
};

/** The small family's discriminator, but for what it is told of its teacher's encoder. */
export const SMALL_DISCRIMINATOR = { kind: "discriminator", timeFeatures: 64, outputs: 64 } as const;

/** The small family's schedule: four steps of a moderate noise. */
export const SMALL_SCHEDULE: ScheduleConfig = {
  steps: 4,
  kappa: 1,
  minNoiseLevel: Math.sqrt(0.001),
  etasEnd: 0.99,
  power: 0.3,
};

const COMMON = {
  batch: 10,
  crop: 160,
  shrink: 0.7,
  seed: 1,
  averageDecay: 0.999,
  weightDecay: 0,
  checkpointEvery: 250,
  resume: false,
  perceptualWeights: null,
} as const;

export const TEACHER_DEFAULTS: Omit<TeacherTrainingOptions, "data" | "output"> = {
  ...COMMON,
  steps: 5000,
  rate: { peak: 5e-4, warmUp: 200, decay: "cosine" },
  network: SMALL_NETWORK,
  schedule: SMALL_SCHEDULE,
  perceptual: 0,
};

export const STUDENT_DEFAULTS: Omit<StudentTrainingOptions, "data" | "output" | "teacher"> = {
  ...COMMON,
  steps: 2000,
  rate: { peak: 1e-4, warmUp: 100, decay: "cosine" },
  start: null,
  reading: "paper",
  discriminator: "time-aware",
  // Ten times the student's: at the same rate it stays near chance, and the student is led by its noise.
  discriminatorRate: 1e-3,
  weights: { distillation: 1, score: 0.01, adversarial: 0, perceptual: 0, fidelity: 0, grid: 0 },
};

interface Rule {
  readonly field: string;
  readonly value: number;
  readonly allowed: string;
  readonly holds: (value: number) => boolean;
}

const whole = (field: string, value: number, least: number): Rule => ({
  field,
  value,
  allowed: `a whole number from ${least}`,
  holds: (v) => Number.isSafeInteger(v) && v >= least,
});

const between = (field: string, value: number, low: number, high: number): Rule => ({
  field,
  value,
  allowed: `a number from ${low} to ${high}`,
  holds: (v) => v >= low && v <= high,
});

const weightRule = (field: string, value: number): Rule => between(field, value, 0, 1e6);

const commonRules = (options: TrainingOptions): readonly Rule[] => [
  whole("steps", options.steps, 1),
  whole("batch", options.batch, 1),
  whole("seed", options.seed, 0),
  whole("checkpointEvery", options.checkpointEvery, 1),
  whole("warmUp", options.rate.warmUp, 0),
  between("rate", options.rate.peak, 0, 1),
  between("averageDecay", options.averageDecay, 0, 1),
  between("weightDecay", options.weightDecay, 0, 1),
  between("shrink", options.shrink, 0.05, 1),
];

const refusal = (message: string): E.Either<TrainError, never> => E.left({ kind: "Options", message });

const checked = <A extends TrainingOptions>(
  options: A,
  rules: readonly Rule[],
  alignment: number,
): E.Either<TrainError, A> => {
  const broken = rules.find(({ value, holds }) => !holds(value));
  if (broken !== undefined) return refusal(`${broken.field} is ${broken.value}; allowed: ${broken.allowed}`);
  const multiple = LATENT_FACTOR * alignment;
  if (!(options.crop > 0) || options.crop % multiple !== 0) {
    return refusal(`crop is ${options.crop}; allowed: a multiple of ${multiple} pixels`);
  }
  return E.right(options);
};

const missingPerceptual = (weight: number, file: string | null): boolean => weight > 0 && file === null;

const NEEDS_PERCEPTUAL =
  "a perceptual term needs perceptualWeights: make the file with python3 tools/perceptual-weights.py";

/** `alignment`: the network's, from `receptiveField`. */
export const checkTeacherOptions = (
  options: TeacherTrainingOptions,
  alignment: number,
): E.Either<TrainError, TeacherTrainingOptions> =>
  missingPerceptual(options.perceptual, options.perceptualWeights)
    ? refusal(NEEDS_PERCEPTUAL)
    : checked(options, [...commonRules(options), weightRule("perceptual", options.perceptual)], alignment);

/** Side of the latent that gives the coarsest feature map as many pixels as a head's convolution spans. */
const leastLatent = ({ strides }: Encoder): number => Math.max(...strides) * Math.ceil(Math.sqrt(HEAD_SPAN));

export const checkStudentOptions = (
  options: StudentTrainingOptions,
  alignment: number,
  encoder: Encoder,
): E.Either<TrainError, StudentTrainingOptions> => {
  const { weights } = options;
  if (missingPerceptual(weights.perceptual, options.perceptualWeights)) return refusal(NEEDS_PERCEPTUAL);
  if (Object.values(weights).every((weight) => weight === 0)) {
    return refusal(
      "every weight is 0; give at least one of distillation, score, adversarial, perceptual, fidelity",
    );
  }
  if (weights.grid > 0 && options.crop < GRID_WINDOW * LATENT_FACTOR) {
    return refusal(
      `crop is ${options.crop}; allowed with a grid term: at least ${GRID_WINDOW * LATENT_FACTOR} pixels`,
    );
  }
  const least = leastLatent(encoder) * LATENT_FACTOR;
  if (weights.adversarial > 0 && options.crop < least) {
    return refusal(`crop is ${options.crop}; allowed with a discriminator: at least ${least} pixels`);
  }
  const rules = [
    ...Object.entries(weights).map(([field, value]) => weightRule(field, value)),
    between("discriminatorRate", options.discriminatorRate, 0, 1),
  ];
  return checked(options, [...commonRules(options), ...rules], alignment);
};
