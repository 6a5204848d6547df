/** The training loop: one step after another, the moving average; one state in, one state out. */
import type { Engine, Tensors } from "@tadsr/core";
import { type AdamWOptions, type LearningRate, learningRateAt, movingAverage } from "./adamw.ts";
import type { TrainingBatch } from "./batches.ts";
import type { Packing } from "./packing.ts";
import { ofJudge, type TrainingState, tensorsOf } from "./state.ts";
import { finishStep, takeTurns } from "./step.ts";
import type { OpenTask } from "./task.ts";

export interface LoopOptions {
  readonly steps: number;
  readonly rate: LearningRate;
  /** The judge's, where the task has one: it rises and falls as `rate` does, to this peak. */
  readonly adversaryRate: number;
  readonly adamw: AdamWOptions;
  /** Decay of the moving average; it starts lower, (1 + step) / (10 + step), so early weights fade. */
  readonly averageDecay: number;
  /** A gradient of the network that is longer than this is scaled down to it; 0: none is. */
  readonly clip: number;
}

/** What a step measured. */
export interface StepReport {
  /** The step just done, counted from 1. */
  readonly step: number;
  readonly loss: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly rate: number;
  /** The Euclidean norm of the network's whole gradient, before it is scaled down. */
  readonly gradientNorm: number;
}

const averageDecayAt = (step: number, decay: number): number => Math.min(decay, (1 + step) / (10 + step));

const numberOf = async <T>(engine: Engine<T>, scalar: T): Promise<number> =>
  (await engine.download("scalar", scalar)).data[0] ?? Number.NaN;

/** The sum of the squares of all elements, as a scalar. */
const squaredNorm = <T>(
  { algebra }: Pick<Engine<T>, "algebra">,
  { sizes }: Packing<T>,
  gradients: Tensors<T>,
): T => {
  const { add, mean, scale, square } = algebra;
  return Object.entries(gradients)
    .map(([name, gradient]) => scale(mean(square(gradient)), sizes[name] ?? Number.NaN))
    .reduce(add);
};

const demandFinite = (step: number, values: Readonly<Record<string, number>>): void => {
  for (const [what, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) {
      throw new Error(`${what} at step ${step} is ${value}: lower the learning rate`);
    }
  }
};

/**
 * One training step. The former state's tensors are released, but those that are held. A loss or a gradient that is
 * not finite ends the training with an error, before it reaches the weights that a checkpoint would keep.
 */
export const trainingStep = async <T>(
  engine: Engine<T>,
  task: OpenTask<T>,
  state: TrainingState<T>,
  batch: TrainingBatch,
  options: LoopOptions,
): Promise<{ readonly state: TrainingState<T>; readonly report: StepReport }> => {
  const { adamw, clip } = options;
  const step = state.step + 1;
  const rate = learningRateAt(options.rate, step, options.steps);
  const adversaryRate = learningRateAt({ ...options.rate, peak: options.adversaryRate }, step, options.steps);
  const decay = averageDecayAt(step, options.averageDecay);
  const rates = { step, rate, adversaryRate, adamw };
  const turns = engine.scope(() => {
    const { own, judged, adversary } = takeTurns(engine, task.prepare(batch), state, rates);
    const parts: Tensors<T> = { ...own.parts, ...(judged === null ? {} : { discriminator: judged.loss }) };
    return { own, adversary, parts, square: squaredNorm(engine, state.packing, own.gradients) };
  });
  const { own, parts: measured, square } = turns;
  const loss = await numberOf(engine, own.loss);
  const gradientNorm = Math.sqrt(await numberOf(engine, square));
  const names = Object.keys(measured);
  const values = await Promise.all(Object.values(measured).map((part) => numberOf(engine, part)));
  const parts = Object.fromEntries(names.map((name, i) => [name, values[i] ?? 0]));
  const ofParts = Object.entries(parts).map(([name, value]) => [`the loss's part ${name}`, value] as const);
  const made = [own.loss, square, ...Object.values(measured), ...Object.values(own.gradients)];
  try {
    demandFinite(step, {
      "the loss": loss,
      ...Object.fromEntries(ofParts),
      "the gradient's norm": gradientNorm,
    });
  } catch (thrown) {
    engine.release([...made, ...ofJudge(turns.adversary)]);
    throw thrown;
  }
  const factor = clip > 0 && gradientNorm > clip ? clip / gradientNorm : 1;
  const next = engine.scope(() => {
    const learned = finishStep(engine, state, turns, rates, factor);
    return { learned, average: movingAverage(engine.algebra, decay)(state.average, learned.weights) };
  });
  const held = new Set(Object.values(state.held));
  engine.release([...made, ...tensorsOf(state).filter((tensor) => !held.has(tensor))]);
  return {
    state: { step, ...next.learned, average: next.average },
    report: { step, loss, rate, gradientNorm, parts },
  };
};
