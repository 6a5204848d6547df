/** The options of a training, with their defaults and the check of every number. */
import type { ScheduleConfig } from "@tadsr/core";
import { type Encoder, HEAD_SPAN, type SmallNetworkConfig } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { LearningRate } from "./adamw.ts";
import { decodeDegradation } from "./degradation/decode.ts";
import { type Degradation, scaleOf } from "./degradation/description.ts";
import { DEFAULT_DEGRADATION, degradationPresets } from "./degradation/presets.ts";
import type { TrainError } from "./errors.ts";
import { FAMILIES } from "./families.ts";
import { GRID_WINDOW } from "./grid-term.ts";
import { LATENT_FACTOR } from "./latents.ts";
import { DEFAULT_CACHE_BYTES, type SkippedPicture } from "./photographs.ts";
import type { RunProgress } from "./run.ts";
import type { StudentWeights } from "./student.ts";
import type { TargetOptions } from "./target.ts";
import type { ValidationPlan } from "./validating/plan.ts";

/** The options that teacher and student share. */
export interface TrainingOptions {
  /** Folder of photographs. */
  readonly data: string;
  /** Folder of the run: checkpoint, log and, at the end, the model. */
  readonly output: string;
  readonly steps: number;
  readonly batch: number;
  /** Side of the high-resolution crops in pixels. */
  readonly crop: number;
  /** Photographs are first shrunk by this: see `openPhotographs`. */
  readonly shrink: number;
  /** The degradation that makes the small pictures. */
  readonly degradation: Degradation;
  readonly seed: number;
  readonly rate: LearningRate;
  readonly averageDecay: number;
  readonly weightDecay: number;
  /** If the network's gradient is longer than this Euclidean norm, it is scaled down to it; 0: never. */
  readonly clip: number;
  /** Parameters that keep their first value: names, or beginnings of names. */
  readonly hold: readonly string[];
  /** Steps between checkpoints; null: only by the clock. */
  readonly checkpointEvery: number | null;
  /** Minutes between checkpoints. */
  readonly checkpointMinutes: number;
  /** Decoded photographs are kept up to this many bytes, at 3 bytes for each pixel. */
  readonly cacheBytes: number;
  /** Photographs that are not trained on and that measure the training as it goes; null for none. */
  readonly validation: ValidationPlan | null;
  readonly resume: boolean;
  /** A safetensors file made by tools/perceptual-weights.py; a perceptual term needs it. */
  readonly perceptualWeights: string | null;
  /** A stronger network whose pictures are learned instead of the photographs; null for none. */
  readonly target: TargetOptions | null;
  /**
   * The share of small pictures that are crops of photographs unchanged, neither shrunk nor degraded. They have no
   * known original. Above 0 it needs a target, and no loss may compare with the photographs.
   */
  readonly asTheyAre: number;
}

export interface TeacherTrainingOptions extends TrainingOptions {
  readonly network: SmallNetworkConfig;
  readonly schedule: ScheduleConfig;
  /** The weight of the perceptual term that is added to Eq 4. */
  readonly perceptual: number;
}

export interface StudentTrainingOptions extends TrainingOptions {
  /**
   * The model folder of the teacher. The student takes its network, its schedule and its first weights. null: no
   * teacher; then none of the paper's losses may have a weight.
   */
  readonly teacher: string | null;
  /** The model folder to start from: an earlier student to train further. null: start with the teacher's weights. */
  readonly start: string | null;
  /** The network and its schedule if there is neither a teacher nor a start. */
  readonly network: SmallNetworkConfig;
  readonly schedule: ScheduleConfig;
  readonly weights: StudentWeights;
  /** HSD and the discriminator as in the paper's text, or as in the authors' code (TAD-SR). */
  readonly reading: "paper" | "code";
  /** Used if `weights.adversarial` is above 0: the paper's, or the plain GAN of its ablation. */
  readonly discriminator: "time-aware" | "plain";
  /** The peak of the discriminator's learning rate, which rises and falls as the student's does. */
  readonly discriminatorRate: number;
}

/** Gets reports from a training, and may stop it. */
export interface Watcher {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Called if a training is resumed that has no checkpoint yet: it begins at its start. */
  readonly onNothingToResume?: () => void;
  /** Called for each picture that cannot be used, when that is found. */
  readonly onSkipped?: (skipped: SkippedPicture) => void;
}

/** The small family's discriminator, without the properties of its teacher's encoder. */
export const SMALL_DISCRIMINATOR = { kind: "discriminator", timeFeatures: 64, outputs: 64 } as const;

const COMMON = {
  batch: 10,
  crop: 160,
  shrink: 0.7,
  degradation: degradationPresets[DEFAULT_DEGRADATION],
  seed: 1,
  averageDecay: 0.999,
  weightDecay: 0,
  clip: 0,
  hold: [],
  checkpointEvery: null,
  checkpointMinutes: 10,
  cacheBytes: DEFAULT_CACHE_BYTES,
  validation: null,
  resume: false,
  perceptualWeights: null,
  target: null,
  asTheyAre: 0,
} as const;

export const TEACHER_DEFAULTS: Omit<TeacherTrainingOptions, "data" | "output"> = {
  ...COMMON,
  steps: 5000,
  rate: { peak: 5e-4, warmUp: 200, decay: "cosine" },
  ...FAMILIES.small,
  perceptual: 0,
};

export const STUDENT_DEFAULTS: Omit<StudentTrainingOptions, "data" | "output" | "teacher"> = {
  ...COMMON,
  steps: 2000,
  rate: { peak: 1e-4, warmUp: 100, decay: "cosine" },
  start: null,
  ...FAMILIES.small,
  reading: "paper",
  discriminator: "time-aware",
  // Ten times the student's. At the same rate it stays near chance, and its noise misleads the student.
  discriminatorRate: 1e-3,
  weights: { distillation: 1, score: 0.01, adversarial: 0, perceptual: 0, fidelity: 0, grid: 0, target: 0 },
};

/**
 * A student without a teacher or a start: it learns from nothing, by a target's pictures, and can learn at a high rate.
 * At twice this rate `tiny` learns well, but `small` diverges.
 */
export const PRETRAINING_DEFAULTS: Omit<StudentTrainingOptions, "data" | "output" | "teacher"> = {
  ...STUDENT_DEFAULTS,
  steps: 20_000,
  batch: 16,
  crop: 128,
  rate: { peak: 1e-3, warmUp: 100, decay: "cosine" },
  clip: 0.5,
  weights: { ...STUDENT_DEFAULTS.weights, distillation: 0, score: 0 },
};

/** The weight of the target's term, if a target is chosen and no weight. */
export const TARGET_WEIGHT = 1;

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

const atLeast = (field: string, value: number, least: number): Rule => ({
  field,
  value,
  allowed: `a number from ${least}`,
  holds: (v) => Number.isFinite(v) && v >= least,
});

const positive = (field: string, value: number): Rule => ({
  field,
  value,
  allowed: "a number above 0",
  holds: (v) => Number.isFinite(v) && v > 0,
});

const weightRule = (field: string, value: number): Rule => between(field, value, 0, 1e6);

const validationRules = ({ every, pictures, samples }: ValidationPlan): readonly Rule[] => [
  whole("validation.every", every, 1),
  whole("validation.pictures", pictures, 1),
  whole("validation.samples", samples, 0),
];

const commonRules = (options: TrainingOptions): readonly Rule[] => [
  whole("steps", options.steps, 1),
  whole("batch", options.batch, 1),
  whole("seed", options.seed, 0),
  ...(options.checkpointEvery === null ? [] : [whole("checkpointEvery", options.checkpointEvery, 1)]),
  positive("checkpointMinutes", options.checkpointMinutes),
  atLeast("clip", options.clip, 0),
  atLeast("cacheBytes", options.cacheBytes, 0),
  ...(options.validation === null ? [] : validationRules(options.validation)),
  whole("warmUp", options.rate.warmUp, 0),
  between("rate", options.rate.peak, 0, 1),
  between("averageDecay", options.averageDecay, 0, 1),
  between("weightDecay", options.weightDecay, 0, 1),
  between("shrink", options.shrink, 0.05, 1),
  between("asTheyAre", options.asTheyAre, 0, 1),
  between("targetMix", options.target?.mix?.share ?? 0, 0, 1),
];

const refusal = (message: string): E.Either<TrainError, never> => E.left({ _tag: "Options", message });

const checked = <A extends TrainingOptions>(
  options: A,
  rules: readonly Rule[],
  alignment: number,
): E.Either<TrainError, A> => {
  const broken = rules.find(({ value, holds }) => !holds(value));
  if (broken !== undefined) return refusal(`${broken.field} is ${broken.value}; allowed: ${broken.allowed}`);
  const degradation = decodeDegradation(options.degradation, "degradation");
  if (E.isLeft(degradation)) {
    const { path, expected, found } = degradation.left;
    return refusal(`${path} is ${found}; allowed: ${expected}`);
  }
  const scale = scaleOf(degradation.right);
  if (scale !== LATENT_FACTOR) {
    return refusal(`degradation.scale is ${scale}; allowed: ${LATENT_FACTOR}, the factor that is trained`);
  }
  const multiple = LATENT_FACTOR * alignment;
  if (!(options.crop > 0) || options.crop % multiple !== 0) {
    return refusal(`crop is ${options.crop}; allowed: a multiple of ${multiple} pixels`);
  }
  const ofValidation = options.validation?.crop ?? multiple;
  if (!(ofValidation > 0) || ofValidation % multiple !== 0) {
    return refusal(`validation.crop is ${ofValidation}; allowed: a multiple of ${multiple} pixels`);
  }
  return E.right(options);
};

/** What is wrong with a perceptual term's weight and the file of its network; null if nothing is. */
const perceptualFault = (weight: number, file: string | null): string | null => {
  if (weight > 0 && file === null)
    return "a perceptual term needs perceptualWeights: make the file with python3 tools/perceptual-weights.py";
  return weight === 0 && file !== null
    ? "perceptualWeights is given, but perceptual is 0; give the weight, or leave the file out"
    : null;
};

/** Whether a loss compares with the photographs, so that their crops are needed besides the small pictures. */
export const teacherNeedsOriginals = ({ target, perceptual }: TeacherTrainingOptions): boolean =>
  target === null || perceptual > 0;

/** The same for a student. If there are no photographs, the target's pictures replace them. */
export const studentNeedsOriginals = ({ target, weights, asTheyAre }: StudentTrainingOptions): boolean =>
  weights.perceptual > 0 ||
  weights.fidelity > 0 ||
  (asTheyAre === 0 && weights.adversarial + weights.grid > 0) ||
  target === null;

const NEEDS_NO_ORIGINALS =
  "asTheyAre is above 0: it needs a target, and no loss that compares with the photographs (perceptual, fidelity)";

/** `alignment` is the network's, from `receptiveField`. */
export const checkTeacherOptions = (
  options: TeacherTrainingOptions,
  alignment: number,
): E.Either<TrainError, TeacherTrainingOptions> => {
  const fault = perceptualFault(options.perceptual, options.perceptualWeights);
  if (fault !== null) return refusal(fault);
  if (options.asTheyAre > 0 && teacherNeedsOriginals(options)) return refusal(NEEDS_NO_ORIGINALS);
  return checked(options, [...commonRules(options), weightRule("perceptual", options.perceptual)], alignment);
};

/** The side of the latent whose coarsest feature map has as many pixels as a head's convolution spans. */
const leastLatent = ({ strides }: Encoder): number => Math.max(...strides) * Math.ceil(Math.sqrt(HEAD_SPAN));

export const checkStudentOptions = (
  options: StudentTrainingOptions,
  alignment: number,
  encoder: Encoder,
): E.Either<TrainError, StudentTrainingOptions> => {
  const { weights } = options;
  const fault = perceptualFault(weights.perceptual, options.perceptualWeights);
  if (fault !== null) return refusal(fault);
  if (Object.values(weights).every((weight) => weight === 0)) {
    if (options.teacher === null && options.target === null)
      return refusal("there is nothing to learn from; give a teacher, or a target model");
    return refusal(
      "every weight is 0; give at least one of distillation, score, adversarial, perceptual, fidelity, target",
    );
  }
  if (options.teacher === null && weights.distillation + weights.score + weights.adversarial > 0)
    return refusal("distillation, score and adversarial need a teacher; give one, or set them to 0");
  if (options.target === null && weights.target > 0)
    return refusal("the weight of the target is above 0, but there is no target model; give one");
  if (options.target !== null && weights.target === 0)
    return refusal("a target model is given, but its weight is 0; leave it out, or give the weight");
  if (options.asTheyAre > 0 && studentNeedsOriginals(options)) return refusal(NEEDS_NO_ORIGINALS);
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
