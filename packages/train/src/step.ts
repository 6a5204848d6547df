/** One step of a training, as Algorithm 1 orders it: the judge's update first, then the network's through it. */
import type { Engine, Objective, Tensors } from "@tadsr/core";
import { type AdamWOptions, adamwStep, type Moments } from "./adamw.ts";
import type { Packing } from "./packing.ts";
import type { Duel, PreparedStep } from "./task.ts";

/** A network that learns: its weights and its moments, packed. */
export interface Learner<T> extends Moments<T> {
  readonly packing: Packing<T>;
  readonly weights: Tensors<T>;
}

/** A judge that is trained, with its buffers by name. */
export interface AdversaryState<T> extends Learner<T> {
  readonly buffers: Tensors<T>;
}

/** What a step updates. */
export interface LearningState<T> extends Learner<T> {
  /** Parameters that keep their value, by name; they are not differentiated. */
  readonly held: Tensors<T>;
  readonly adversary: AdversaryState<T> | null;
}

export interface StepRates {
  /** The step, counted from 1: AdamW's correction needs it. */
  readonly step: number;
  readonly rate: number;
  readonly adversaryRate: number;
  readonly adamw: AdamWOptions;
}

/** An objective's value at a step, and its gradients, packed as the weights are. */
export interface Turn<T> extends Objective<T> {
  readonly gradients: Tensors<T>;
}

/** A step as far as the network's gradients: its own update alone is left to do. */
export interface StepTurns<T> {
  readonly own: Turn<T>;
  /** The judge's turn; null without a duel. */
  readonly judged: Turn<T> | null;
  /** The judge after its update; null without a duel. */
  readonly adversary: AdversaryState<T> | null;
}

export interface StepTaken<T> extends Omit<StepTurns<T>, "adversary"> {
  readonly state: LearningState<T>;
}

interface JudgesTurn<T> {
  readonly judged: Turn<T>;
  readonly adversary: AdversaryState<T>;
}

const judgesTurn = <T>(
  { algebra, differentiate }: Gradients<T>,
  duel: Duel<T>,
  weights: Tensors<T>,
  adversary: AdversaryState<T>,
  { adversaryRate, adamw, step }: StepRates,
): JudgesTurn<T> => {
  const { packing } = adversary;
  const judge = { weights: packing.unpack(adversary.weights), buffers: adversary.buffers };
  const { objective, buffers } = duel.challenge(weights, judge);
  const { gradients: byName, ...value } = differentiate(judge.weights, objective);
  const gradients = packing.pack(byName);
  const updated = adamwStep(algebra, adamw)(adversary.weights, gradients, adversary, adversaryRate, step);
  const followed = duel.follow({ weights: packing.unpack(updated.weights), buffers });
  return { judged: { ...value, gradients }, adversary: { packing, ...updated, buffers: followed } };
};

interface Gradients<T> extends Pick<Engine<T>, "algebra"> {
  readonly differentiate: NonNullable<Engine<T>["differentiate"]>;
}

const withGradients = <T>({ name, algebra, differentiate }: Engine<T>): Gradients<T> => {
  if (differentiate === null) throw new Error(`runtime ${name} has no gradients`);
  return { algebra, differentiate };
};

/** Runs inside a scope of the engine, so that the caller chooses what of it lives on. */
export const takeTurns = <T>(
  engine: Engine<T>,
  prepared: PreparedStep<T>,
  state: LearningState<T>,
  rates: StepRates,
): StepTurns<T> => {
  const gradients = withGradients(engine);
  const { packing, held } = state;
  const learned = packing.unpack(state.weights);
  const { judged, adversary } =
    prepared.duel === null || state.adversary === null
      ? { judged: null, adversary: null }
      : judgesTurn(gradients, prepared.duel, { ...held, ...learned }, state.adversary, rates);
  const judge =
    adversary === null
      ? null
      : { weights: adversary.packing.unpack(adversary.weights), buffers: adversary.buffers };
  const objective = prepared.objective(judge);
  const own = gradients.differentiate(learned, (weights) => objective({ ...held, ...weights }));
  return { own: { ...own, gradients: packing.pack(own.gradients) }, judged, adversary };
};

/** The network's own update, by its gradients times `factor`. Runs inside a scope, as `takeTurns` does. */
export const finishStep = <T>(
  { algebra }: Pick<Engine<T>, "algebra">,
  state: LearningState<T>,
  { own, adversary }: Pick<StepTurns<T>, "own" | "adversary">,
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
  return { packing: state.packing, held: state.held, ...updated, adversary };
};

/** A whole step; runs inside a scope, as its halves do. */
export const takeStep = <T>(
  engine: Engine<T>,
  prepared: PreparedStep<T>,
  state: LearningState<T>,
  rates: StepRates,
): StepTaken<T> => {
  const { own, judged, adversary } = takeTurns(engine, prepared, state, rates);
  return { own, judged, state: finishStep(engine, state, { own, adversary }, rates) };
};
