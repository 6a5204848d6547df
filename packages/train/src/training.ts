/** Trains a teacher, and a student from it, each in its own folder. */
import { join } from "node:path";
import {
  codeReading,
  type Engine,
  makeSchedule,
  paperReading,
  type Schedule,
  type ScheduleConfig,
} from "@tadsr/core";
import { loadModel, readWeights, saveModel } from "@tadsr/files";
import {
  type ConditionedNetwork,
  discriminator,
  efficientNetParameters,
  type HostWeights,
  initialWeights,
  type Model,
  type ModelDescription,
  receptiveField,
  type SmallNetworkConfig,
  smallNetwork,
} from "@tadsr/model";
import { onOneLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { ADAMW_DEFAULTS } from "./adamw.ts";
import type { TrainError } from "./errors.ts";
import { heldParameters } from "./hold.ts";
import type { Identity } from "./identity.ts";
import { LATENT_FACTOR } from "./latents.ts";
import {
  checkStudentOptions,
  checkTeacherOptions,
  SMALL_DISCRIMINATOR,
  type StudentTrainingOptions,
  studentNeedsOriginals,
  type TeacherTrainingOptions,
  type TrainingOptions,
  teacherNeedsOriginals,
  type Watcher,
} from "./options.ts";
import { openPhotographs, type SkippedPicture } from "./photographs.ts";
import { runTraining } from "./run.ts";
import { studentTask } from "./student.ts";
import { readTarget, type Target } from "./target.ts";
import type { Task } from "./task.ts";
import { teacherTask } from "./teacher.ts";
import { openHeldBack } from "./validating/held-back.ts";

export interface TrainingOutcome {
  readonly step: number;
  /** False if the signal stopped it. Resume it to go on. */
  readonly finished: boolean;
  /** The folder of the finished model, or null. */
  readonly model: string | null;
  /** The number of photographs, without those found to be unusable. */
  readonly photographs: number;
  readonly skipped: readonly SkippedPicture[];
}

const modelFailure = (error: { readonly message: string }): TrainError => ({
  _tag: "Model",
  message: onOneLine(error),
});

/** The options that decide the result. The folder of the run and the times of checkpoints are not among them. */
const identityOf = (options: TrainingOptions): Identity => {
  const {
    output: _out,
    resume: _resume,
    checkpointEvery: _every,
    checkpointMinutes: _minutes,
    cacheBytes: _bytes,
    validation: _validation,
    ...rest
  } = options;
  return JSON.stringify({ ...rest, hold: [...new Set(options.hold)].sort() });
};

const perceptualWeightsOf = (file: string | null): TE.TaskEither<TrainError, HostWeights | null> =>
  file === null ? TE.right(null) : pipe(readWeights(file, efficientNetParameters), TE.mapLeft(modelFailure));

interface Prepared {
  readonly task: Task;
  readonly network: ConditionedNetwork;
  readonly initial: HostWeights;
  readonly description: ModelDescription;
  readonly discriminatorRate: number;
  /** Whether a loss compares with the photographs. */
  readonly originals: boolean;
}

const train =
  <T>(
    engine: Engine<T>,
    options: TrainingOptions,
    { task, network, initial, description, discriminatorRate, originals }: Prepared,
    { onSkipped, ...watcher }: Watcher,
  ): TE.TaskEither<TrainError, TrainingOutcome> =>
  async () => {
    const { data, output, shrink, degradation, seed, batch, crop, steps, rate } = options;
    const held = heldParameters(network.parameters, options.hold);
    if (E.isLeft(held)) return held;
    const photographs = await openPhotographs(data, {
      shrink,
      minimumSide: crop / 2,
      cacheBytes: options.cacheBytes,
      ...(onSkipped === undefined ? {} : { onSkipped }),
    })();
    if (E.isLeft(photographs)) return photographs;
    const { validation: plan } = options;
    const heldBack =
      plan === null
        ? E.right([])
        : await openHeldBack({
            ...plan,
            shrink,
            degradation,
            ...(onSkipped === undefined ? {} : { onSkipped }),
          })();
    if (E.isLeft(heldBack)) return heldBack;
    const run = await runTraining(engine, {
      folder: output,
      task,
      parameters: network.parameters,
      held: held.right,
      initial,
      photographs: photographs.right,
      batches: {
        seed,
        batch,
        cropHR: crop,
        scale: LATENT_FACTOR,
        degradation,
        originals,
        asTheyAre: options.asTheyAre,
      },
      loop: {
        steps,
        rate,
        discriminatorRate,
        averageDecay: options.averageDecay,
        clip: options.clip,
        adamw: { ...ADAMW_DEFAULTS, weightDecay: options.weightDecay },
      },
      identity: identityOf(options),
      checkpoints: { everySteps: options.checkpointEvery, minutes: options.checkpointMinutes },
      validation: plan === null ? null : { ...plan, pictures: heldBack.right },
      resume: options.resume,
      ...watcher,
    })();
    if (E.isLeft(run)) return run;
    const { step, finished, weights } = run.right;
    const model = join(output, "model");
    if (finished) {
      const saved = await saveModel(model, description, weights, { dtype: "F32" })();
      if (E.isLeft(saved)) {
        const kept = "the training is finished and its checkpoint is complete; --resume writes the model";
        return E.left({ _tag: "Model", message: `${saved.left.message}; ${kept}` });
      }
    }
    return E.right({
      step,
      finished,
      model: finished ? model : null,
      photographs: photographs.right.usable(),
      skipped: photographs.right.skipped(),
    });
  };

const descriptionOf = (
  name: string,
  network: SmallNetworkConfig,
  schedule: ScheduleConfig,
  steps: number,
): ModelDescription => ({
  format: "tadsr-model/1",
  name,
  latent: { kind: "space-to-depth", factor: LATENT_FACTOR },
  schedule,
  network,
  steps,
});

const scheduleOf = (config: ScheduleConfig): E.Either<TrainError, Schedule> =>
  pipe(
    makeSchedule(config),
    E.mapLeft((error): TrainError => ({ _tag: "Options", message: error.message })),
  );

const targetOf = ({ target }: TrainingOptions): TE.TaskEither<TrainError, Target | null> =>
  target === null ? TE.right(null) : readTarget(target);

/** Trains a teacher by Eq 4 from fresh weights. */
export const trainTeacher = <T>(
  engine: Engine<T>,
  options: TeacherTrainingOptions,
  watcher: Watcher = {},
): TE.TaskEither<TrainError, TrainingOutcome> => {
  const network = smallNetwork(options.network);
  return pipe(
    TE.fromEither(checkTeacherOptions(options, receptiveField(network).alignment)),
    TE.bindTo("checked"),
    TE.bind("schedule", () => TE.fromEither(scheduleOf(options.schedule))),
    TE.bind("perceptualWeights", () => perceptualWeightsOf(options.perceptualWeights)),
    TE.bind("target", () => targetOf(options)),
    TE.chain(({ schedule, perceptualWeights, target }) => {
      const { seed, batch, perceptual } = options;
      return train(
        engine,
        options,
        {
          task: teacherTask({ network, schedule, seed, batch, perceptual, perceptualWeights, target }),
          network,
          initial: initialWeights(network.parameters, { seed }),
          description: descriptionOf("teacher", options.network, options.schedule, schedule.T),
          discriminatorRate: 0,
          originals: teacherNeedsOriginals(options),
        },
        watcher,
      );
    }),
  );
};

const modelOf = (folder: string | null): TE.TaskEither<TrainError, Model | null> =>
  folder === null ? TE.right(null) : pipe(loadModel(folder), TE.mapLeft(modelFailure));

/** A model before any training. */
const freshModel = ({ network, schedule, seed }: StudentTrainingOptions): E.Either<TrainError, Model> =>
  pipe(
    scheduleOf(schedule),
    E.map((made): Model => {
      const fresh = smallNetwork(network);
      return {
        description: descriptionOf("student", network, schedule, 1),
        schedule: made,
        network: fresh,
        weights: initialWeights(fresh.parameters, { seed }),
      };
    }),
  );

const kindOf = ({ description: { network, schedule } }: Model): string => JSON.stringify([network, schedule]);

/** The student before its first step: the start, or the teacher, or a fresh network. */
const firstModel = (
  options: StudentTrainingOptions,
  teacher: Model | null,
  start: Model | null,
): E.Either<TrainError, Model> => {
  if (teacher !== null && start !== null && kindOf(teacher) !== kindOf(start))
    return E.left({ _tag: "Model", message: "start: its network or schedule is not the teacher's" });
  const model = start ?? teacher;
  return model === null ? freshModel(options) : E.right(model);
};

/**
 * Distils a teacher into a student that needs one step, by Algorithm 1 and the optional terms, or by those terms only.
 */
export const trainStudent = <T>(
  engine: Engine<T>,
  options: StudentTrainingOptions,
  watcher: Watcher = {},
): TE.TaskEither<TrainError, TrainingOutcome> =>
  pipe(
    modelOf(options.teacher),
    TE.bindTo("teacher"),
    TE.bind("start", () => modelOf(options.start)),
    TE.bind("first", ({ teacher, start }) => TE.fromEither(firstModel(options, teacher, start))),
    TE.chainFirst(({ first: { network } }) =>
      TE.fromEither(checkStudentOptions(options, receptiveField(network).alignment, network.encoder)),
    ),
    TE.bind("perceptualWeights", () => perceptualWeightsOf(options.perceptualWeights)),
    TE.bind("target", () => targetOf(options)),
    TE.chain(({ teacher, first, perceptualWeights, target }) => {
      const { network, schedule, description } = first;
      const { seed, batch, weights } = options;
      const reading = options.reading === "code" ? codeReading : paperReading;
      const { channels, strides } = network.encoder;
      const timeAware = options.discriminator === "time-aware";
      return train(
        engine,
        options,
        {
          task: studentTask({
            network,
            schedule,
            teacher: teacher?.weights ?? null,
            target,
            discriminator:
              weights.adversarial > 0
                ? discriminator({ ...SMALL_DISCRIMINATOR, channels, strides, timeAware })
                : null,
            seed,
            batch,
            weights,
            reading,
            perceptualWeights,
          }),
          network,
          initial: first.weights,
          description: { ...description, name: "student", steps: 1 },
          discriminatorRate: options.discriminatorRate,
          originals: studentNeedsOriginals(options),
        },
        watcher,
      );
    }),
  );
