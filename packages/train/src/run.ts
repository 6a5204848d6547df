/** A training run in a folder: checkpoints, the loss log, resuming, stopping. */
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "@tadsr/core";
import type { HostWeights, ParameterSpec } from "@tadsr/model";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { type BatchOptions, batchStream } from "./batches.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { TrainError } from "./errors.ts";
import { appendLines, keepLogUpTo } from "./log.ts";
import { type LoopOptions, type StepReport, trainingStep } from "./loop.ts";
import type { Photographs } from "./photographs.ts";
import {
  downloadAverage,
  freshState,
  type StateSpecs,
  type TrainingState,
  tensorsOf,
  uploadState,
} from "./state.ts";
import type { Task } from "./task.ts";

export interface RunProgress extends StepReport {
  readonly steps: number;
  readonly secondsLeft: number;
}

/** When checkpoints are written, besides at the end and where the signal stops the run. */
export interface CheckpointTimes {
  /** Steps between them; null: none for the number of steps. */
  readonly everySteps: number | null;
  /** Minutes between them. */
  readonly minutes: number;
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
  /** Everything that decides what is computed, as text; a checkpoint of another identity is refused. */
  readonly identity: string;
  readonly checkpoints: CheckpointTimes;
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

export interface RunResult {
  readonly step: number;
  /** False where the signal stopped it; the checkpoint then holds where it stands. */
  readonly finished: boolean;
  /** The moving average of the weights. */
  readonly weights: HostWeights;
}

export const CHECKPOINT = "checkpoint.safetensors";
export const LOG = "log.jsonl";

/** The log is written at least so often, in milliseconds. */
const LOG_INTERVAL = 1000;

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const specsOf = ({ parameters, held, task: { adversary } }: RunOptions): StateSpecs => ({
  parameters,
  held,
  adversary,
});

const startingState = async <T>(
  engine: Engine<T>,
  options: RunOptions,
): Promise<E.Either<TrainError, TrainingState<T>>> => {
  const { folder, resume, identity, task, initial } = options;
  const file = join(folder, CHECKPOINT);
  if (!(await exists(file))) {
    return E.right(
      uploadState(engine, specsOf(options), freshState(initial, task.adversary?.initial ?? null)),
    );
  }
  if (!resume) {
    const message = `${folder} holds a training: continue it with --resume, or choose another folder`;
    return E.left({ kind: "FolderInUse", folder, message });
  }
  return readCheckpoint(engine, specsOf(options), identity, file)();
};

/** What a kill left of checkpoints that were not whole yet. */
const removeDrafts = async (folder: string): Promise<void> => {
  const drafts = (await readdir(folder)).filter(
    (name) => name.startsWith(`${CHECKPOINT}.`) && name.endsWith(".tmp"),
  );
  for (const draft of drafts) await rm(join(folder, draft), { force: true });
};

/** Seconds left, by the mean time of the steps done since this process began. */
const secondsLeft = (begun: number, done: number, left: number): number =>
  done === 0 ? Number.NaN : (((performance.now() - begun) / 1000) * left) / done;

/** Writes the log as the run goes, and checkpoints when they are due. */
const recorder = <T>(engine: Engine<T>, options: RunOptions, from: number) => {
  const { folder, loop, identity, checkpoints } = options;
  const [logFile, checkpointFile] = [join(folder, LOG), join(folder, CHECKPOINT)];
  const specs = specsOf(options);
  let saved = from;
  let [savedAt, loggedAt] = [performance.now(), performance.now()];
  let unwritten: string[] = [];
  const kept = (): string =>
    saved === 0
      ? "no checkpoint is there yet"
      : `the checkpoint of step ${saved} is whole: make room and go on with --resume`;
  const log = async (): Promise<E.Either<TrainError, void>> => {
    try {
      await appendLines(logFile, unwritten);
    } catch (thrown) {
      const message = `${logFile}: cannot write: ${fileReason(thrown)}; ${kept()}`;
      return E.left({ kind: "Checkpoint", file: logFile, message });
    }
    unwritten = [];
    loggedAt = performance.now();
    return E.right(undefined);
  };
  const save = async (state: TrainingState<T>): Promise<E.Either<TrainError, void>> => {
    if (state.step === saved) return E.right(undefined);
    const logged = await log();
    if (E.isLeft(logged)) return logged;
    const written = await writeCheckpoint(engine, specs, state, identity, checkpointFile)();
    if (E.isLeft(written)) return E.left({ ...written.left, message: `${written.left.message}; ${kept()}` });
    saved = state.step;
    savedAt = performance.now();
    return written;
  };
  const isDue = (step: number): boolean =>
    (checkpoints.everySteps !== null && step % checkpoints.everySteps === 0) ||
    performance.now() - savedAt >= checkpoints.minutes * 60_000 ||
    step === loop.steps;
  return {
    save,
    /** Notes a step that is done. */
    note: async (state: TrainingState<T>, report: StepReport): Promise<E.Either<TrainError, void>> => {
      unwritten.push(JSON.stringify(report));
      if (isDue(state.step)) return save(state);
      return performance.now() - loggedAt >= LOG_INTERVAL ? log() : E.right(undefined);
    },
  };
};

const tooFew = ({ folder, loop: { steps } }: RunOptions, done: number): TrainError => ({
  kind: "Options",
  message: `steps is ${steps}, and ${folder} has done ${done}; allowed: a whole number from ${done}`,
});

/**
 * Runs or resumes a training to `loop.steps`. Steps are functions of (seed, step) and of the state alone,
 * so a run that was killed and resumed ends with the same weights as one that was not, on an engine
 * that sums in a fixed order (reference, cpu).
 */
export const runTraining =
  <T>(engine: Engine<T>, options: RunOptions): TaskEither<TrainError, RunResult> =>
  async () => {
    const { folder, loop, signal } = options;
    let start: E.Either<TrainError, TrainingState<T>>;
    try {
      await mkdir(folder, { recursive: true });
      start = await startingState(engine, options);
    } catch (thrown) {
      return E.left({ kind: "Checkpoint", file: folder, message: `${folder}: ${fileReason(thrown)}` });
    }
    if (E.isLeft(start)) return start;
    let state = start.right;
    const from = state.step;
    const task = options.task.open(engine);
    try {
      if (from > loop.steps) return E.left(tooFew(options, from));
      await removeDrafts(folder);
      await keepLogUpTo(join(folder, LOG), from);
      const { save, note } = recorder(engine, options, from);
      const batches = batchStream(options.photographs, options.batches, { from: from + 1 });
      const begun = performance.now();
      while (state.step < loop.steps && signal?.aborted !== true) {
        const { value: batch } = await batches.next();
        const done = await trainingStep(engine, task, state, batch, loop);
        state = done.state;
        const noted = await note(state, done.report);
        if (E.isLeft(noted)) return noted;
        const left = secondsLeft(begun, state.step - from, loop.steps - state.step);
        options.onProgress?.({ ...done.report, steps: loop.steps, secondsLeft: left });
      }
      const saved = await save(state);
      if (E.isLeft(saved)) return saved;
      const weights = await downloadAverage(engine, specsOf(options), state);
      return E.right({ step: state.step, finished: state.step >= loop.steps, weights });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return E.left({ kind: "Step", message: `training stopped after step ${state.step}: ${message}` });
    } finally {
      engine.release([...tensorsOf(state), ...task.frozen]);
    }
  };
