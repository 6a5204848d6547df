/** A training run in a folder: checkpoints, the loss log, resuming, stopping. */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "@tadsr/core";
import { type HostWeights, type ParameterSpec, uploadWeights } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { type BatchOptions, batchStream } from "./batches.ts";
import { downloadWeights, readCheckpoint, type StateSpecs, writeCheckpoint } from "./checkpoint.ts";
import type { TrainError } from "./errors.ts";
import { appendLines, keepLogUpTo } from "./log.ts";
import { type LoopOptions, type StepReport, type TrainingState, tensorsOf, trainingStep } from "./loop.ts";
import type { Photographs } from "./photographs.ts";
import type { AdversaryState } from "./step.ts";
import type { AdversarySpec, Task } from "./task.ts";

export interface RunProgress extends StepReport {
  readonly steps: number;
  readonly secondsLeft: number;
}

export interface RunOptions {
  readonly folder: string;
  readonly task: Task;
  readonly parameters: readonly ParameterSpec[];
  readonly initial: HostWeights;
  readonly photographs: Photographs;
  readonly batches: BatchOptions;
  readonly loop: LoopOptions;
  /** Everything that decides what is computed, as text; a checkpoint of another identity is refused. */
  readonly identity: string;
  readonly checkpointEvery: number;
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

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const zerosLike = (weights: HostWeights): HostWeights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: new Float32Array(data.length) },
    ]),
  );

const freshAdversary = <T>(
  engine: Engine<T>,
  { parameters, buffers, initial }: AdversarySpec,
): AdversaryState<T> => {
  const zeros = zerosLike(initial);
  return {
    weights: uploadWeights(engine, parameters, initial),
    buffers: uploadWeights(engine, buffers, initial),
    first: uploadWeights(engine, parameters, zeros),
    second: uploadWeights(engine, parameters, zeros),
  };
};

const freshState = <T>(engine: Engine<T>, { parameters, initial, task }: RunOptions): TrainingState<T> => {
  const upload = (weights: HostWeights) => uploadWeights(engine, parameters, weights);
  const zeros = zerosLike(initial);
  return {
    step: 0,
    weights: upload(initial),
    average: upload(initial),
    first: upload(zeros),
    second: upload(zeros),
    adversary: task.adversary === null ? null : freshAdversary(engine, task.adversary),
  };
};

const specsOf = ({ parameters, task: { adversary } }: RunOptions): StateSpecs => ({ parameters, adversary });

const startingState = async <T>(
  engine: Engine<T>,
  options: RunOptions,
): Promise<E.Either<TrainError, TrainingState<T>>> => {
  const { folder, resume, identity } = options;
  const file = join(folder, CHECKPOINT);
  if (!(await exists(file))) return E.right(freshState(engine, options));
  if (!resume) {
    const message = `${folder} holds a training: continue it with --resume, or choose another folder`;
    return E.left({ kind: "FolderInUse", folder, message });
  }
  return readCheckpoint(engine, specsOf(options), identity, file)();
};

/** Seconds left, by the mean time of the steps done since this process began. */
const secondsLeft = (begun: number, done: number, left: number): number =>
  done === 0 ? Number.NaN : (((performance.now() - begun) / 1000) * left) / done;

/**
 * Runs or resumes a training to `loop.steps`. Steps are functions of (seed, step) and of the state alone,
 * so a run that was killed and resumed ends with the same weights as one that was not, on an engine
 * that sums in a fixed order (reference, cpu).
 */
export const runTraining =
  <T>(engine: Engine<T>, options: RunOptions): TaskEither<TrainError, RunResult> =>
  async () => {
    const { folder, loop, parameters, identity, checkpointEvery, signal } = options;
    await mkdir(folder, { recursive: true });
    const start = await startingState(engine, options);
    if (E.isLeft(start)) return start;
    let state = start.right;
    const from = state.step;
    const logFile = join(folder, LOG);
    await keepLogUpTo(logFile, from);
    const task = options.task.open(engine);
    const batches = batchStream(options.photographs, options.batches, { from: from + 1 });
    const begun = performance.now();
    let unwritten: string[] = [];
    const save = async (): Promise<E.Either<TrainError, void>> => {
      await appendLines(logFile, unwritten);
      unwritten = [];
      return writeCheckpoint(engine, specsOf(options), state, identity, join(folder, CHECKPOINT))();
    };
    try {
      while (state.step < loop.steps && signal?.aborted !== true) {
        const { value: batch } = await batches.next();
        const done = await trainingStep(engine, task, state, batch, loop);
        state = done.state;
        unwritten.push(JSON.stringify(done.report));
        const left = secondsLeft(begun, state.step - from, loop.steps - state.step);
        options.onProgress?.({ ...done.report, steps: loop.steps, secondsLeft: left });
        if (state.step % checkpointEvery === 0 || state.step === loop.steps) {
          const saved = await save();
          if (E.isLeft(saved)) return saved;
        }
      }
      if (unwritten.length > 0) {
        const saved = await save();
        if (E.isLeft(saved)) return saved;
      }
      const weights = await downloadWeights(engine, parameters, state.average);
      return E.right({ step: state.step, finished: state.step >= loop.steps, weights });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      return E.left({ kind: "Step", message: `training stopped after step ${state.step}: ${message}` });
    } finally {
      engine.release([...tensorsOf(state), ...task.frozen]);
    }
  };
