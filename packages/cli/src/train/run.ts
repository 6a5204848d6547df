/** `tadsr train`: turns the command line into options of @tadsr/train, and shows the progress on the terminal. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "@tadsr/core";
import {
  CHECKPOINT,
  DEFAULT_DEGRADATION,
  type Degradation,
  type DegradationError,
  FAMILIES,
  PRETRAINING_DEFAULTS,
  type RunProgress,
  readDegradation,
  type SkippedPicture,
  STUDENT_DEFAULTS,
  type StudentTrainingOptions,
  type TargetOptions,
  TEACHER_DEFAULTS,
  type TeacherTrainingOptions,
  type TrainError,
  type TrainingOptions,
  type TrainingOutcome,
  trainStudent,
  trainTeacher,
  VALIDATION_DEFAULTS,
  type ValidationMeasures,
  type ValidationPlan,
  type Watcher,
} from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import {
  type ExitCode,
  type Failure,
  firstLine,
  inputFailure,
  modelFailure,
  usageFailure,
} from "../failure.ts";
import { locateModel } from "../locate-model.ts";
import { openRuntime } from "../open-runtime.ts";
import type { CommandTask } from "../perform.ts";
import { plural } from "../plural.ts";
import { trainingPreference } from "../runtimes.ts";
import { displayPath, noteLine, printLine, resolveIn, type Shell } from "../shell.ts";
import {
  MEBIBYTE,
  TARGET_WEIGHT,
  type TrainCommandOptions,
  type TrainStudentCommandOptions,
} from "./options.ts";
import { strayOption } from "./stray-options.ts";

type Common = Omit<TrainingOptions, "data" | "output">;

const validationOf = (shell: Shell, typed: TrainCommandOptions): ValidationPlan | null =>
  typed.validation === undefined
    ? null
    : {
        data: resolveIn(shell, typed.validation),
        every: typed.validationEvery ?? VALIDATION_DEFAULTS.every,
        pictures: typed.validationPictures ?? VALIDATION_DEFAULTS.pictures,
        crop: typed.validationCrop ?? VALIDATION_DEFAULTS.crop,
        samples: typed.validationSamples ?? VALIDATION_DEFAULTS.samples,
      };

/** The typed options over the defaults. */
const commonOptions = <A extends Common>(
  shell: Shell,
  typed: TrainCommandOptions,
  degradation: Degradation,
  defaults: A,
): A & TrainingOptions => ({
  ...defaults,
  data: resolveIn(shell, typed.data),
  output: resolveIn(shell, typed.out),
  steps: typed.steps ?? defaults.steps,
  batch: typed.batch ?? defaults.batch,
  crop: typed.crop ?? defaults.crop,
  shrink: typed.shrink ?? defaults.shrink,
  degradation,
  seed: typed.seed ?? defaults.seed,
  rate: {
    peak: typed.rate ?? defaults.rate.peak,
    warmUp: typed.warmUp ?? defaults.rate.warmUp,
    decay: typed.decay ?? defaults.rate.decay,
  },
  averageDecay: typed.averageDecay ?? defaults.averageDecay,
  weightDecay: typed.weightDecay ?? defaults.weightDecay,
  clip: typed.clip ?? defaults.clip,
  hold: typed.hold ?? defaults.hold,
  checkpointEvery: typed.checkpointEvery ?? defaults.checkpointEvery,
  checkpointMinutes: typed.checkpointMinutes ?? defaults.checkpointMinutes,
  cacheBytes: typed.pictureCache === undefined ? defaults.cacheBytes : typed.pictureCache * MEBIBYTE,
  validation: validationOf(shell, typed),
  resume: typed.resume ?? defaults.resume,
  perceptualWeights:
    typed.perceptualWeights === undefined
      ? defaults.perceptualWeights
      : resolveIn(shell, typed.perceptualWeights),
  target: targetOf(shell, typed),
  asTheyAre: typed.asTheyAre ?? defaults.asTheyAre,
});

const targetOf = (shell: Shell, { targetModel, targetMix }: TrainCommandOptions): TargetOptions | null => {
  if (targetModel === undefined) return null;
  const mix =
    targetMix === undefined ? null : { file: resolveIn(shell, targetMix.file), share: targetMix.share };
  return { model: resolveIn(shell, targetModel), mix };
};

export const teacherOptions = (
  shell: Shell,
  typed: TrainCommandOptions,
  degradation: Degradation = TEACHER_DEFAULTS.degradation,
): TeacherTrainingOptions => ({
  ...commonOptions(shell, typed, degradation, TEACHER_DEFAULTS),
  ...(typed.network === undefined ? {} : FAMILIES[typed.network]),
  perceptual: typed.perceptual ?? TEACHER_DEFAULTS.perceptual,
});

/** `teacher` and `start` are folders already. Without a teacher the paper's losses have weight 0. */
export const studentOptions = (
  shell: Shell,
  typed: TrainStudentCommandOptions,
  teacher: string | null,
  start: string | null,
  degradation: Degradation = STUDENT_DEFAULTS.degradation,
): StudentTrainingOptions => {
  const defaults = teacher === null && start === null ? PRETRAINING_DEFAULTS : STUDENT_DEFAULTS;
  const { adversarial, perceptual, fidelity, grid, ...rest } = defaults.weights;
  const { distillation, score } = teacher === null ? { distillation: 0, score: 0 } : rest;
  const target = typed.targetModel === undefined ? defaults.weights.target : TARGET_WEIGHT;
  return {
    ...commonOptions(shell, typed, degradation, defaults),
    ...(typed.network === undefined ? {} : FAMILIES[typed.network]),
    teacher,
    start,
    reading: typed.reading ?? STUDENT_DEFAULTS.reading,
    discriminator: typed.discriminator ?? STUDENT_DEFAULTS.discriminator,
    discriminatorRate: typed.discriminatorRate ?? STUDENT_DEFAULTS.discriminatorRate,
    weights: {
      distillation: typed.distillation ?? distillation,
      score: typed.score ?? score,
      adversarial: typed.adversarial ?? adversarial,
      perceptual: typed.perceptual ?? perceptual,
      fidelity: typed.fidelity ?? fidelity,
      grid: typed.grid ?? grid,
      target: typed.target ?? target,
    },
  };
};

const failureOf = ({ _tag, message }: TrainError): Failure => {
  const line = firstLine(message);
  if (_tag === "Options") return usageFailure(line);
  return _tag === "Model" ? modelFailure(line) : inputFailure(line);
};

/** Hours, minutes and seconds, without leading zeros. */
export const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return "unknown";
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
};

const signed = (decibels: number): string => `${decibels < 0 ? "" : "+"}${decibels.toFixed(2)} dB`;

const validationText = (measures: ValidationMeasures): string => {
  const { errorToBicubic, psnrOverBicubic, target } = measures;
  const ofTarget =
    target === null ? "" : `, ${target.distanceToBicubic.toFixed(3)} of its distance from the target`;
  return `${errorToBicubic.toFixed(3)} of bicubic's error, ${signed(psnrOverBicubic)}${ofTarget}`;
};

export const progressText = (progress: RunProgress): string => {
  const { step, steps, loss, picturesPerSecond, secondsLeft, validation } = progress;
  const measured = validation === null ? [] : [`at step ${validation.step} ${validationText(validation)}`];
  return [
    `step ${step} of ${steps}`,
    `loss ${loss.toPrecision(4)}`,
    ...measured,
    `${picturesPerSecond.toFixed(1)} pictures/s`,
    `${duration(secondsLeft)} left`,
  ].join(", ");
};

/** Removes the live line, so that another line can be written in its place. */
const clearLine = (shell: Shell): void => {
  if (shell.stderr.isTTY === true) shell.stderr.write("\r\u001b[2K");
};

/** On a terminal: one line that changes. In a file or pipe: a line every hundred steps and at each validation. */
const showProgress = (shell: Shell, progress: RunProgress): void => {
  if (shell.stderr.isTTY === true) shell.stderr.write(`\r\u001b[2K${progressText(progress)}`);
  else if (progress.step % 100 === 0 || progress.validation?.step === progress.step)
    noteLine(shell, progressText(progress));
};

const outcomeLine = (shell: Shell, out: string, runtime: string, outcome: TrainingOutcome): string => {
  const { step, photographs, skipped, model } = outcome;
  const left = skipped.length === 0 ? "" : ` (${skipped.length} left out)`;
  const trained = `${plural(step, "step")} on ${plural(photographs, "photograph")}${left}, runtime ${runtime}`;
  return model === null
    ? `${out}: stopped after ${trained}; go on with --resume`
    : `${displayPath(shell, model)}: ${trained}`;
};

type Train = (engine: Engine<unknown>, watcher: Watcher) => TE.TaskEither<TrainError, TrainingOutcome>;

/** Trains, and prints how it ended. */
const trainAndTell = async (
  shell: Shell,
  typed: TrainCommandOptions,
  engine: Engine<unknown>,
  train: TE.TaskEither<TrainError, TrainingOutcome>,
): Promise<E.Either<Failure, ExitCode>> => {
  const trained = await train();
  clearLine(shell);
  await engine.close();
  if (E.isLeft(trained)) return E.left(failureOf(trained.left));
  printLine(shell, outcomeLine(shell, typed.out, engine.name, trained.right));
  return E.right(0);
};

/** Opens the runtime and trains. Ctrl-C stops it after a step; then a checkpoint is written. */
/** Notes that there is nothing to resume: a mistyped folder would cost a whole training. */
const tellNothingToResume = async (shell: Shell, { resume, out }: TrainCommandOptions): Promise<void> => {
  if (resume !== true) return;
  const isThere = await access(join(resolveIn(shell, out), CHECKPOINT)).then(
    () => true,
    () => false,
  );
  if (!isThere) noteLine(shell, `${out}: no checkpoint to resume from; the training begins at its start`);
};

const runTraining =
  (shell: Shell, typed: TrainCommandOptions, train: Train): CommandTask =>
  async () => {
    await tellNothingToResume(shell, typed);
    const opened = await openRuntime(typed.runtime, { candidates: trainingPreference })();
    if (E.isLeft(opened)) return opened;
    const engine = opened.right;
    const controller = new AbortController();
    const onProgress = (progress: RunProgress): void => showProgress(shell, progress);
    const onSkipped = ({ name, reason }: SkippedPicture): void => {
      clearLine(shell);
      noteLine(shell, `${name} skipped: ${reason}`);
    };
    const working = trainAndTell(
      shell,
      typed,
      engine,
      train(engine, { signal: controller.signal, onProgress, onSkipped }),
    );
    const forget = shell.onInterrupt(async () => {
      controller.abort();
      await working;
    });
    const worked = await working;
    forget();
    return worked;
  };

const degradationFor = async (
  shell: Shell,
  typed: TrainCommandOptions,
): Promise<E.Either<Failure, Degradation>> => {
  const name = typed.degradation ?? DEFAULT_DEGRADATION;
  const read = await readDegradation(name, (file) => resolveIn(shell, file))();
  return E.mapLeft(({ message }: DegradationError) => inputFailure(message))(read);
};

export const runTrainTeacher =
  (shell: Shell, typed: TrainCommandOptions): CommandTask =>
  async () => {
    const stray = strayOption(typed);
    if (E.isLeft(stray)) return stray;
    const degradation = await degradationFor(shell, typed);
    if (E.isLeft(degradation)) return degradation;
    const options = teacherOptions(shell, typed, degradation.right);
    return runTraining(shell, typed, (engine, watcher) => trainTeacher(engine, options, watcher))();
  };

/** The folder of a model, if one is named. */
const folderOf = (shell: Shell, named: string | undefined): Promise<E.Either<Failure, string | null>> =>
  named === undefined ? Promise.resolve(E.right(null)) : locateModel(shell, named)();

export const runTrainStudent =
  (shell: Shell, typed: TrainStudentCommandOptions): CommandTask =>
  async () => {
    const stray = strayOption(typed);
    if (E.isLeft(stray)) return stray;
    const teacher = await folderOf(shell, typed.teacher);
    if (E.isLeft(teacher)) return teacher;
    const start = await folderOf(shell, typed.start);
    if (E.isLeft(start)) return start;
    const degradation = await degradationFor(shell, typed);
    if (E.isLeft(degradation)) return degradation;
    const options = studentOptions(shell, typed, teacher.right, start.right, degradation.right);
    return runTraining(shell, typed, (engine, watcher) => trainStudent(engine, options, watcher))();
  };
