/** The training loop: step after step, with the moving average. Each step takes one state and returns one. */
import type { Engine, Tensors } from "@tadsr/core";
import { type AdamWOptions, type LearningRate, learningRateAt, movingAverage } from "./adamw.ts";
import type { TrainingBatch } from "./batches.ts";
import type { Packing } from "./packing.ts";
import { ofDiscriminator, type TrainingState, tensorsOf } from "./state.ts";
import { finishStep, takeTurns } from "./step.ts";
import type { OpenTask } from "./task.ts";

export interface LoopOptions {
  readonly steps: number;
  readonly rate: LearningRate;
  /** The peak of the discriminator's rate, if the task has one. It rises and falls as `rate` does. */
  readonly discriminatorRate: number;
  readonly adamw: AdamWOptions;
  /** Decay of the moving average. It starts lower, at (1 + step) / (10 + step), so that early weights fade. */
  readonly averageDecay: number;
  /** A gradient of the network that is longer than this is scaled down to it; 0: no limit. */
  readonly clip: number;
}

/** The numbers that a step measured. */
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
 * One training step. It releases the tensors of the former state, except those of held parameters. If a loss or a
 * gradient is not finite, the training ends with an error before this reaches the weights that a checkpoint would keep.
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
  const discriminatorRate = learningRateAt(
    { ...options.rate, peak: options.discriminatorRate },
    step,
    options.steps,
  );
  const decay = averageDecayAt(step, options.averageDecay);
  const rates = { step, rate, discriminatorRate, adamw };
  const turns = engine.scope(() => {
    const { own, discriminatorTurn, discriminator } = takeTurns(engine, task.prepare(batch), state, rates);
    const parts: Tensors<T> = {
      ...own.parts,
      ...(discriminatorTurn === null ? {} : { discriminator: discriminatorTurn.loss }),
    };
    return { own, discriminator, parts, square: squaredNorm(engine, state.packing, own.gradients) };
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
    engine.release([...made, ...ofDiscriminator(turns.discriminator)]);
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
