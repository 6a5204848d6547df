/** One step of a training in Algorithm 1's order: first the discriminator's update, then the network's through it. */
import type { Engine, Objective, Tensors } from "@tadsr/core";
import { type AdamWOptions, adamwStep, type Moments } from "./adamw.ts";
import type { Packing } from "./packing.ts";
import type { DiscriminatorSide, PreparedStep } from "./task.ts";

/** A network that learns: its weights and its moments, packed. */
export interface Learner<T> extends Moments<T> {
  readonly packing: Packing<T>;
  readonly weights: Tensors<T>;
}

/** A discriminator that is trained, with its buffers by name. */
export interface DiscriminatorState<T> extends Learner<T> {
  readonly buffers: Tensors<T>;
}

/** What a step updates. */
export interface LearningState<T> extends Learner<T> {
  /** Parameters that keep their value, by name. They are not differentiated. */
  readonly held: Tensors<T>;
  readonly discriminator: DiscriminatorState<T> | null;
}

export interface StepRates {
  /** The step, counted from 1: AdamW's correction needs it. */
  readonly step: number;
  readonly rate: number;
  readonly discriminatorRate: number;
  readonly adamw: AdamWOptions;
}

/** An objective's value at a step, and its gradients, packed as the weights are. */
export interface Turn<T> extends Objective<T> {
  readonly gradients: Tensors<T>;
}

/** A step up to the network's gradients. Only the network's own update is left to do. */
export interface StepTurns<T> {
  readonly own: Turn<T>;
  /** The discriminator's turn; null if there is no discriminator. */
  readonly discriminatorTurn: Turn<T> | null;
  /** The discriminator after its update; null if there is no discriminator. */
  readonly discriminator: DiscriminatorState<T> | null;
}

export interface StepTaken<T> extends Omit<StepTurns<T>, "discriminator"> {
  readonly state: LearningState<T>;
}

interface DiscriminatorsTurn<T> {
  readonly discriminatorTurn: Turn<T>;
  readonly discriminator: DiscriminatorState<T>;
}

const discriminatorsTurn = <T>(
  { algebra, differentiate }: Gradients<T>,
  discriminatorSide: DiscriminatorSide<T>,
  weights: Tensors<T>,
  discriminator: DiscriminatorState<T>,
  { discriminatorRate, adamw, step }: StepRates,
): DiscriminatorsTurn<T> => {
  const { packing } = discriminator;
  const tensors = { weights: packing.unpack(discriminator.weights), buffers: discriminator.buffers };
  const { objective, buffers } = discriminatorSide.objectiveAgainst(weights, tensors);
  const { gradients: byName, ...value } = differentiate(tensors.weights, objective);
  const gradients = packing.pack(byName);
  const updated = adamwStep(algebra, adamw)(
    discriminator.weights,
    gradients,
    discriminator,
    discriminatorRate,
    step,
  );
  const followed = discriminatorSide.iterate({ weights: packing.unpack(updated.weights), buffers });
  return {
    discriminatorTurn: { ...value, gradients },
    discriminator: { packing, ...updated, buffers: followed },
  };
};

interface Gradients<T> extends Pick<Engine<T>, "algebra"> {
  readonly differentiate: NonNullable<Engine<T>["differentiate"]>;
}

const withGradients = <T>({ name, algebra, differentiate }: Engine<T>): Gradients<T> => {
  if (differentiate === null) throw new Error(`runtime ${name} has no gradients`);
  return { algebra, differentiate };
};

/** Runs inside a scope of the engine, so that the caller chooses which tensors survive. */
export const takeTurns = <T>(
  engine: Engine<T>,
  prepared: PreparedStep<T>,
  state: LearningState<T>,
  rates: StepRates,
): StepTurns<T> => {
  const gradients = withGradients(engine);
  const { packing, held } = state;
  const learned = packing.unpack(state.weights);
  const { discriminatorTurn, discriminator } =
    prepared.discriminatorSide === null || state.discriminator === null
      ? { discriminatorTurn: null, discriminator: null }
      : discriminatorsTurn(
          gradients,
          prepared.discriminatorSide,
          { ...held, ...learned },
          state.discriminator,
          rates,
        );
  const tensors =
    discriminator === null
      ? null
      : { weights: discriminator.packing.unpack(discriminator.weights), buffers: discriminator.buffers };
  const objective = prepared.objective(tensors);
  const own = gradients.differentiate(learned, (weights) => objective({ ...held, ...weights }));
  return { own: { ...own, gradients: packing.pack(own.gradients) }, discriminatorTurn, discriminator };
};

/** The network's own update, with its gradients times `factor`. Runs inside a scope, as `takeTurns` does. */
export const finishStep = <T>(
  { algebra }: Pick<Engine<T>, "algebra">,
  state: LearningState<T>,
  { own, discriminator }: Pick<StepTurns<T>, "own" | "discriminator">,
  { rate, step, adamw }: StepRates,
  factor = 1,
): LearningState<T> => {
  const gradients =
    factor === 1
      ? own.gradients
      : Object.fromEntries(
          Object.entries(own.gradients).map(([name, gradient]) => [name, algebra.scale(gradient, factor)]),
        );
  const updated = adamwStep(algebra, adamw)(state.weights, gradients, state, rate, step);
  return { packing: state.packing, held: state.held, ...updated, discriminator };
};

/** A whole step. Runs inside a scope, as its two halves do. */
export const takeStep = <T>(
  engine: Engine<T>,
  prepared: PreparedStep<T>,
  state: LearningState<T>,
  rates: StepRates,
): StepTaken<T> => {
  const { own, discriminatorTurn, discriminator } = takeTurns(engine, prepared, state, rates);
  return { own, discriminatorTurn, state: finishStep(engine, state, { own, discriminator }, rates) };
};
