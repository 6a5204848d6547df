/** The training loop: one step after another, the moving average; one state in, one state out. */
import type { Engine, Tensors } from "@tadsr/core";
import { type AdamWOptions, type LearningRate, learningRateAt, movingAverage } from "./adamw.ts";
import type { TrainingBatch } from "./batches.ts";
import { type LearningState, takeStep } from "./step.ts";
import type { OpenTask } from "./task.ts";

/** Everything that a step reads and writes; tensors of one engine. */
export interface TrainingState<T> extends LearningState<T> {
  /** Steps done. */
  readonly step: number;
  /** The exponential moving average of the weights, which is what is kept in the end. */
  readonly average: Tensors<T>;
}

export interface LoopOptions {
  readonly steps: number;
  readonly rate: LearningRate;
  /** The judge's, where the task has one: it rises and falls as `rate` does, to this peak. */
  readonly adversaryRate: number;
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

export const tensorsOf = <T>({
  weights,
  average,
  first,
  second,
  adversary,
}: TrainingState<T>): readonly T[] => {
  const ofJudge =
    adversary === null ? [] : [adversary.weights, adversary.buffers, adversary.first, adversary.second];
  return [weights, average, first, second, ...ofJudge].flatMap((tensors) => Object.values(tensors));
};

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
  const { adamw } = options;
  const step = state.step + 1;
  const rate = learningRateAt(options.rate, step, options.steps);
  const adversaryRate = learningRateAt({ ...options.rate, peak: options.adversaryRate }, step, options.steps);
  const decay = averageDecayAt(step, options.averageDecay);
  const done = engine.scope(() => {
    const taken = takeStep(engine, task.prepare(batch), state, { step, rate, adversaryRate, adamw });
    const average = movingAverage(engine.algebra, decay)(state.average, taken.state.weights);
    const judged: Tensors<T> = taken.judged === null ? {} : { discriminator: taken.judged.loss };
    return { loss: taken.own.loss, parts: { ...taken.own.parts, ...judged }, state: taken.state, average };
  });
  const loss = await numberOf(engine, done.loss);
  const names = Object.keys(done.parts);
  const values = await Promise.all(Object.values(done.parts).map((part) => numberOf(engine, part)));
  const parts = Object.fromEntries(names.map((name, i) => [name, values[i] ?? 0]));
  for (const [name, value] of Object.entries({ loss, ...parts })) {
    if (!Number.isFinite(value)) {
      const what = name === "loss" ? "the loss" : `the loss's part ${name}`;
      throw new Error(`${what} at step ${step} is ${value}: lower the learning rate`);
    }
  }
  engine.release([done.loss, ...Object.values(done.parts), ...tensorsOf(state)]);
  return { state: { step, ...done.state, average: done.average }, report: { step, loss, rate, parts } };
};
