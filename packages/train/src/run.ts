/** A training run in a folder: checkpoints, the loss log, resuming, stopping. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "@tadsr/core";
import { exists } from "@tadsr/files";
import type { HostWeights, ParameterSpec } from "@tadsr/model";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { type BatchOptions, batchStream } from "./batches.ts";
import { readCheckpoint } from "./checkpoint.ts";
import type { TrainError } from "./errors.ts";
import { alone } from "./folder-lock.ts";
import { type LoopOptions, type StepReport, trainingStep } from "./loop.ts";
import type { Photographs } from "./photographs.ts";
import { CHECKPOINT, type CheckpointTimes, openRecorder, type RecorderOptions } from "./recorder.ts";
import {
  downloadAverage,
  freshState,
  type StateSpecs,
  type TrainingState,
  tensorsOf,
  uploadState,
} from "./state.ts";
import type { OpenTask, Task } from "./task.ts";
import type { HeldBackPicture } from "./validating/held-back.ts";
import type { ValidationMeasures } from "./validating/measures.ts";
import type { ValidationPlan } from "./validating/plan.ts";
import { openValidator, type Validator } from "./validating/validator.ts";

export interface RunProgress extends StepReport {
  readonly steps: number;
  readonly secondsLeft: number;
  /** Crops learned in each second since this process began, including the time of checkpoints and validation. */
  readonly picturesPerSecond: number;
  /** The last validation; null if there was none. */
  readonly validation: ValidationMeasures | null;
}

export interface RunValidation extends Pick<ValidationPlan, "every" | "samples"> {
  readonly pictures: readonly HeldBackPicture[];
}

export interface RunOptions {
  readonly folder: string;
  readonly task: Task;
  readonly parameters: readonly ParameterSpec[];
  /** Names of the parameters that keep their first value. */
  readonly held: ReadonlySet<string>;
  readonly initial: HostWeights;
  readonly photographs: Photographs;
  readonly batches: BatchOptions;
  readonly loop: LoopOptions;
  /** Everything that decides what is computed, as text. A checkpoint with another identity is refused. */
  readonly identity: string;
  readonly checkpoints: CheckpointTimes;
  /** null: none. */
  readonly validation: RunValidation | null;
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Called if `resume` is true and the folder has no checkpoint. */
  readonly onNothingToResume?: () => void;
}

export interface RunResult {
  readonly step: number;
  /** False if the signal stopped it. The checkpoint then has the present state. */
  readonly finished: boolean;
  /** The moving average of the weights. */
  readonly weights: HostWeights;
}

const specsOf = ({ parameters, held, task: { discriminator } }: RunOptions): StateSpecs => ({
  parameters,
  held,
  discriminator,
});

const recorderOptions = (options: RunOptions): RecorderOptions => ({
  folder: options.folder,
  specs: specsOf(options),
  identity: options.identity,
  checkpoints: options.checkpoints,
  steps: options.loop.steps,
});

const startingState = async <T>(
  engine: Engine<T>,
  options: RunOptions,
): Promise<E.Either<TrainError, TrainingState<T>>> => {
  const { folder, resume, identity, task, initial } = options;
  const file = join(folder, CHECKPOINT);
  if (!(await exists(file))) {
    if (resume) options.onNothingToResume?.();
    return E.right(
      uploadState(engine, specsOf(options), freshState(initial, task.discriminator?.initial ?? null)),
    );
  }
  if (!resume) {
    const message = `${folder} holds a training: continue it with --resume, or choose another folder`;
    return E.left({ _tag: "FolderInUse", folder, message });
  }
  return readCheckpoint(engine, specsOf(options), identity, file)();
};

/** The pace, from the mean time of the steps done since `begun`, in milliseconds. */
const pace = (begun: number, done: number, left: number, batch: number) => {
  const seconds = (performance.now() - begun) / 1000;
  return { secondsLeft: (seconds * left) / done, picturesPerSecond: (done * batch) / seconds };
};

const validatorOf = async <T>(
  engine: Engine<T>,
  task: OpenTask<T>,
  { folder, validation }: RunOptions,
  from: number,
): Promise<Validator<T> | null> =>
  validation === null ? null : openValidator(engine, task, folder, validation, validation.pictures, from);

/** Validates the averaged weights. A left says why that failed. */
const validated = async <T>(
  engine: Engine<T>,
  validator: Validator<T>,
  state: TrainingState<T>,
): Promise<E.Either<string, ValidationMeasures>> => {
  const { packing, average, held, step } = state;
  const unpacked = engine.scope(() => packing.unpack(average));
  try {
    return E.right(await validator.validate(step, { ...held, ...unpacked }));
  } catch (thrown) {
    return E.left(thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    const own = new Set(Object.values(average));
    engine.release(Object.values(unpacked).filter((tensor) => !own.has(tensor)));
  }
};

const tooFew = ({ folder, loop: { steps } }: RunOptions, done: number): TrainError => ({
  _tag: "Options",
  message: `steps is ${steps}, and ${folder} has done ${done}; allowed: a whole number from ${done}`,
});

const unusable = (folder: string, thrown: unknown): E.Either<TrainError, never> =>
  E.left({ _tag: "Checkpoint", file: folder, message: `${folder}: ${fileReason(thrown)}` });

/** The training itself, in a folder that exists. */
const runInFolder =
  <T>(engine: Engine<T>, options: RunOptions): TaskEither<TrainError, RunResult> =>
  async () => {
    const { folder, loop, signal } = options;
    let start: E.Either<TrainError, TrainingState<T>>;
    try {
      start = await startingState(engine, options);
    } catch (thrown) {
      return unusable(folder, thrown);
    }
    if (E.isLeft(start)) return start;
    let state = start.right;
    const from = state.step;
    const task = options.task.open(engine);
    try {
      if (from > loop.steps) return E.left(tooFew(options, from));
      const recorder = await openRecorder<T>(engine, recorderOptions(options), from);
      if (E.isLeft(recorder)) return recorder;
      const { save, note, unwritable } = recorder.right;
      const validator = await validatorOf(engine, task, options, from);
      let validation: ValidationMeasures | null = null;
      const validate = async (): Promise<E.Either<TrainError, void>> => {
        if (validator === null || !validator.isDue(state.step, loop.steps)) return E.right(undefined);
        const measures = await validated(engine, validator, state);
        if (E.isLeft(measures)) return E.left(unwritable(folder, measures.left));
        validation = measures.right;
        return E.right(undefined);
      };
      // A resumed run has validated its starting point already.
      const before = from === 0 ? await validate() : E.right(undefined);
      if (E.isLeft(before)) return before;
      const batches = batchStream(options.photographs, options.batches, { from: from + 1 });
      const begun = performance.now();
      while (state.step < loop.steps && signal?.aborted !== true) {
        const { value: batch } = await batches.next();
        const done = await trainingStep(engine, task, state, batch, loop);
        state = done.state;
        const checked = await validate();
        if (E.isLeft(checked)) return checked;
        const noted = await note(state, done.report);
        if (E.isLeft(noted)) return noted;
        options.onProgress?.({
          ...done.report,
          steps: loop.steps,
          ...pace(begun, state.step - from, loop.steps - state.step, options.batches.batch),
          validation,
        });
      }
      const saved = await save(state);
      if (E.isLeft(saved)) return saved;
      const weights = await downloadAverage(engine, specsOf(options), state);
      return E.right({ step: state.step, finished: state.step >= loop.steps, weights });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return E.left({ _tag: "Step", message: `training stopped after step ${state.step}: ${message}` });
    } finally {
      engine.release([...tensorsOf(state), ...task.frozen]);
    }
  };

/**
 * Runs or resumes a training to `loop.steps`. A step is a function of (seed, step) and the state only. So a run that
 * was killed and resumed ends with the same weights as one that was not, on an engine that sums in a fixed order
 * (reference, cpu). A folder in which another process trains is refused.
 */
export const runTraining =
  <T>(engine: Engine<T>, options: RunOptions): TaskEither<TrainError, RunResult> =>
  async () => {
    try {
      await mkdir(options.folder, { recursive: true });
    } catch (thrown) {
      return unusable(options.folder, thrown);
    }
    return alone(options.folder, runInFolder(engine, options))();
  };
