/** The training loop: differentiate, AdamW, moving average; one state in, one state out. */
import type { Engine, Tensors } from "@tadsr/core";
import { type AdamWOptions, adamwStep, type LearningRate, learningRateAt, movingAverage } from "./adamw.ts";
import type { TrainingBatch } from "./batches.ts";
import type { OpenTask } from "./task.ts";

/** Everything that a step reads and writes; tensors of one engine. */
export interface TrainingState<T> {
  /** Steps done. */
  readonly step: number;
  readonly weights: Tensors<T>;
  /** The exponential moving average of the weights, which is what is kept in the end. */
  readonly average: Tensors<T>;
  readonly first: Tensors<T>;
  readonly second: Tensors<T>;
}

export interface LoopOptions {
  readonly steps: number;
  readonly rate: LearningRate;
  readonly adamw: AdamWOptions;
  /** Decay of the moving average; it starts lower, (1 + step) / (10 + step), so early weights fade. */
  readonly averageDecay: number;
}

/** What a step measured. */
export interface StepReport {
  /** The step just done, counted from 1. */
  readonly step: number;
  readonly loss: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly rate: number;
}

export const tensorsOf = <T>({ weights, average, first, second }: TrainingState<T>): readonly T[] =>
  [weights, average, first, second].flatMap((tensors) => Object.values(tensors));

const averageDecayAt = (step: number, decay: number): number => Math.min(decay, (1 + step) / (10 + step));

const numberOf = async <T>(engine: Engine<T>, scalar: T): Promise<number> =>
  (await engine.download("scalar", scalar)).data[0] ?? Number.NaN;

/**
 * One training step. The former state's tensors are released. A loss that is not finite ends the
 * training with an error, before it reaches the weights that a checkpoint would keep.
 */
export const trainingStep = async <T>(
  engine: Engine<T>,
  task: OpenTask<T>,
  state: TrainingState<T>,
  batch: TrainingBatch,
  options: LoopOptions,
): Promise<{ readonly state: TrainingState<T>; readonly report: StepReport }> => {
  if (engine.differentiate === null) throw new Error(`runtime ${engine.name} has no gradients`);
  const { differentiate, algebra } = engine;
  const step = state.step + 1;
  const rate = learningRateAt(options.rate, step, options.steps);
  const decay = averageDecayAt(step, options.averageDecay);
  const done = engine.scope(() => {
    const { loss, parts, gradients } = differentiate(state.weights, task.prepare(batch));
    const updated = adamwStep(algebra, options.adamw)(state.weights, gradients, state, rate, step);
    const average = movingAverage(algebra, decay)(state.average, updated.weights);
    return { loss, parts, ...updated, average };
  });
  const loss = await numberOf(engine, done.loss);
  if (!Number.isFinite(loss)) throw new Error(`the loss at step ${step} is ${loss}: lower the learning rate`);
  const names = Object.keys(done.parts);
  const values = await Promise.all(Object.values(done.parts).map((part) => numberOf(engine, part)));
  engine.release([done.loss, ...Object.values(done.parts), ...tensorsOf(state)]);
  const { weights, average, first, second } = done;
  return {
    state: { step, weights, average, first, second },
    report: { step, loss, rate, parts: Object.fromEntries(names.map((name, i) => [name, values[i] ?? 0])) },
  };
};
