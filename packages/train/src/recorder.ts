/** Writes a run's log and checkpoints into its folder as it goes. */
import { join } from "node:path";
import type { Engine } from "@tadsr/core";
import { removeDrafts } from "@tadsr/files";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { writeCheckpoint } from "./checkpoint.ts";
import type { TrainError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { appendLines, keepLogUpTo } from "./log.ts";
import type { StepReport } from "./loop.ts";
import type { StateSpecs, TrainingState } from "./state.ts";

export const CHECKPOINT = "checkpoint.safetensors";
export const LOG = "log.jsonl";

/** When checkpoints are written, besides at the end and when the signal stops the run. */
export interface CheckpointTimes {
  /** Steps between them; null: not by the number of steps. */
  readonly everySteps: number | null;
  /** Minutes between them. */
  readonly minutes: number;
}

export interface RecorderOptions {
  readonly folder: string;
  readonly specs: StateSpecs;
  readonly identity: Identity;
  readonly checkpoints: CheckpointTimes;
  /** The step at which the training ends. */
  readonly steps: number;
}

export interface Recorder<T> {
  /** Records a finished step, and writes a checkpoint if it is time for one. */
  note(state: TrainingState<T>, report: StepReport): Promise<E.Either<TrainError, void>>;
  /** Writes the log, and a checkpoint unless this state has one. */
  save(state: TrainingState<T>): Promise<E.Either<TrainError, void>>;
  /** The error if something in the folder cannot be written: it says what, and what is kept. */
  unwritable(file: string, message: string): TrainError;
}

/** The log is written at least this often, in milliseconds. */
const LOG_INTERVAL = 1000;

/**
 * `from` is the step of the checkpoint that the run goes on from, 0 if there is none. The log's lines of later steps
 * are dropped, since those steps are taken again. The folder must exist.
 */
export const openRecorder = async <T>(
  engine: Engine<T>,
  { folder, specs, identity, checkpoints, steps }: RecorderOptions,
  from: number,
): Promise<E.Either<TrainError, Recorder<T>>> => {
  const [logFile, checkpointFile] = [join(folder, LOG), join(folder, CHECKPOINT)];
  let saved = from;
  let [savedAt, loggedAt] = [performance.now(), performance.now()];
  let unwritten: string[] = [];

  const unwritable = (file: string, message: string): TrainError => {
    const kept =
      saved === 0
        ? "there is no checkpoint yet"
        : `the checkpoint of step ${saved} is whole, from which --resume goes on`;
    return { _tag: "Checkpoint", file, message: `${message}; ${kept}` };
  };

  const writing = async (file: string, write: () => Promise<void>): Promise<E.Either<TrainError, void>> => {
    try {
      return E.right(await write());
    } catch (thrown) {
      return E.left(unwritable(file, `${file}: it cannot be written: ${fileReason(thrown)}`));
    }
  };

  const log = async (): Promise<E.Either<TrainError, void>> => {
    const written = await writing(logFile, () => appendLines(logFile, unwritten));
    if (E.isLeft(written)) return written;
    unwritten = [];
    loggedAt = performance.now();
    return written;
  };

  const save = async (state: TrainingState<T>): Promise<E.Either<TrainError, void>> => {
    if (state.step === saved) return E.right(undefined);
    const logged = await log();
    if (E.isLeft(logged)) return logged;
    const written = await writeCheckpoint(engine, specs, state, identity, checkpointFile)();
    if (E.isLeft(written)) return E.left(unwritable(checkpointFile, written.left.message));
    saved = state.step;
    savedAt = performance.now();
    return written;
  };

  const isDue = (step: number): boolean =>
    (checkpoints.everySteps !== null && step % checkpoints.everySteps === 0) ||
    performance.now() - savedAt >= checkpoints.minutes * 60_000 ||
    step === steps;

  const note = async (state: TrainingState<T>, report: StepReport): Promise<E.Either<TrainError, void>> => {
    unwritten.push(JSON.stringify(report));
    if (isDue(state.step)) return save(state);
    return performance.now() - loggedAt >= LOG_INTERVAL ? log() : E.right(undefined);
  };

  // A kill may have left drafts. Nobody else writes here.
  const cleaned = await writing(logFile, () => removeDrafts(folder));
  if (E.isLeft(cleaned)) return cleaned;
  const kept = await keepLogUpTo(logFile, from)();
  return E.isLeft(kept)
    ? E.left(unwritable(logFile, kept.left.message))
    : E.right({ note, save, unwritable });
};
