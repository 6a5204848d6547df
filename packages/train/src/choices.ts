/**
 * What someone asks of a training: names instead of descriptions, and only what differs from the defaults. From that come
 * the options of a training, which leave nothing open.
 */
import { resolve } from "node:path";
import { findModel, shippedModels } from "@tadsr/files";
import { onOneLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { LearningRate } from "./adamw.ts";
import type { Degradation } from "./degradation/description.ts";
import { DEFAULT_DEGRADATION } from "./degradation/presets.ts";
import { readDegradation } from "./degradation/read.ts";
import type { TrainError } from "./errors.ts";
import { FAMILIES, type FamilyName } from "./families.ts";
import {
  PRETRAINING_DEFAULTS,
  STUDENT_DEFAULTS,
  type StudentTrainingOptions,
  TARGET_WEIGHT,
  TEACHER_DEFAULTS,
  type TeacherTrainingOptions,
  type TrainingOptions,
} from "./options.ts";
import type { StudentWeights } from "./student.ts";
import type { TargetOptions } from "./target.ts";
import { uselessStudentChoice, uselessTeacherChoice } from "./useless-choice.ts";
import { VALIDATION_DEFAULTS, type ValidationPlan } from "./validating/plan.ts";

/** The options that are chosen as they are. */
type Plain =
  | "steps"
  | "batch"
  | "crop"
  | "shrink"
  | "seed"
  | "averageDecay"
  | "weightDecay"
  | "clip"
  | "hold"
  | "checkpointEvery"
  | "checkpointMinutes"
  | "cacheBytes"
  | "resume"
  | "asTheyAre";

/** The choices for teacher and student. Those left out have the defaults of `TrainingOptions`. */
export interface TrainingChoices extends Partial<Pick<TrainingOptions, Plain>> {
  /** Folder of photographs. */
  readonly data: string;
  /** Folder of the run. */
  readonly output: string;
  /** The folder that relative paths start from; by default the process's working folder. */
  readonly workingFolder?: string;
  /** A preset's name or a JSON file. */
  readonly degradation?: string;
  /** The network that is trained from nothing. */
  readonly network?: FamilyName;
  readonly rate?: Partial<LearningRate>;
  readonly validation?: Pick<ValidationPlan, "data"> & Partial<ValidationPlan>;
  readonly perceptualWeights?: string;
  readonly target?: Pick<TargetOptions, "model"> & { readonly mix?: NonNullable<TargetOptions["mix"]> };
}

export interface TeacherChoices extends TrainingChoices {
  /** The weight of the perceptual term. */
  readonly perceptual?: number;
}

export interface StudentChoices
  extends TrainingChoices,
    Partial<Pick<StudentTrainingOptions, "reading" | "discriminator" | "discriminatorRate">> {
  /** A shipped model's name or a folder. Without a teacher the paper's losses have weight 0. */
  readonly teacher?: string;
  /** A shipped model's name or a folder, to start from instead of the teacher. */
  readonly start?: string;
  readonly weights?: Partial<StudentWeights>;
}

/** The choices over the defaults. */
const completed = <A extends Omit<TrainingOptions, "data" | "output">>(
  choices: TrainingChoices,
  degradation: Degradation,
  defaults: A,
): A & TrainingOptions => {
  const {
    workingFolder = process.cwd(),
    network,
    rate,
    validation,
    perceptualWeights,
    target,
    ...plain
  } = choices;
  const at = (path: string): string => resolve(workingFolder, path);
  const mix = target?.mix ?? null;
  return {
    ...defaults,
    ...plain,
    ...(network === undefined ? {} : FAMILIES[network]),
    data: at(choices.data),
    output: at(choices.output),
    degradation,
    rate: { ...defaults.rate, ...rate },
    validation:
      validation === undefined
        ? defaults.validation
        : { ...VALIDATION_DEFAULTS, ...validation, data: at(validation.data) },
    perceptualWeights: perceptualWeights === undefined ? defaults.perceptualWeights : at(perceptualWeights),
    target:
      target === undefined
        ? defaults.target
        : { model: at(target.model), mix: mix === null ? null : { ...mix, file: at(mix.file) } },
  };
};

const degradationOf = ({
  degradation = DEFAULT_DEGRADATION,
  workingFolder = process.cwd(),
}: TrainingChoices): TE.TaskEither<TrainError, Degradation> =>
  readDegradation(degradation, (file) => resolve(workingFolder, file));

/** The options of a teacher's training. It is an error if nothing would use a choice. */
export const teacherOptions = (
  choices: TeacherChoices,
): TE.TaskEither<TrainError, TeacherTrainingOptions> => {
  const useless = uselessTeacherChoice(choices);
  return useless === null
    ? TE.map((degradation: Degradation) => completed(choices, degradation, TEACHER_DEFAULTS))(
        degradationOf(choices),
      )
    : TE.left(useless);
};

/** The folder of a model, if one is named. */
const modelFolder =
  (
    named: string | undefined,
    workingFolder: string = process.cwd(),
  ): TE.TaskEither<TrainError, string | null> =>
  async () => {
    if (named === undefined) return E.right(null);
    const isShipped = (await shippedModels()).includes(named);
    const found = await findModel(isShipped ? named : resolve(workingFolder, named))();
    return E.mapLeft(
      (error: Parameters<typeof onOneLine>[0]): TrainError => ({
        _tag: "Model",
        message: onOneLine(error),
      }),
    )(found);
  };

/**
 * The options of a student's training. A student without a teacher or a start has the defaults of a training from
 * nothing. If there is a target, the weight of its term is 1 by default.
 */
export const studentOptions =
  (choices: StudentChoices): TE.TaskEither<TrainError, StudentTrainingOptions> =>
  async () => {
    const useless = uselessStudentChoice(choices);
    if (useless !== null) return E.left(useless);
    const { teacher: namedTeacher, start: namedStart, weights, ...common } = choices;
    const teacher = await modelFolder(namedTeacher, choices.workingFolder)();
    if (E.isLeft(teacher)) return teacher;
    const start = await modelFolder(namedStart, choices.workingFolder)();
    if (E.isLeft(start)) return start;
    const degradation = await degradationOf(choices)();
    if (E.isLeft(degradation)) return degradation;
    const isPretraining = teacher.right === null && start.right === null;
    const defaults = isPretraining ? PRETRAINING_DEFAULTS : STUDENT_DEFAULTS;
    return E.right({
      ...completed(common, degradation.right, defaults),
      teacher: teacher.right,
      start: start.right,
      weights: {
        ...defaults.weights,
        ...(teacher.right === null ? { distillation: 0, score: 0 } : {}),
        ...(choices.target === undefined ? {} : { target: TARGET_WEIGHT }),
        ...weights,
      },
    });
  };
