/** One step of a training, as Algorithm 1 orders it: the judge's update first, then the network's through it. */
import type { Engine, Objective, Tensors } from "@tadsr/core";
import { type AdamWOptions, adamwStep, type Moments } from "./adamw.ts";
import type { Duel, Judge, PreparedStep } from "./task.ts";

/** A judge that is trained: its weights, its buffers and its own moments. */
export interface AdversaryState<T> extends Judge<T>, Moments<T> {}

/** What a step updates. */
export interface LearningState<T> extends Moments<T> {
  readonly weights: Tensors<T>;
  readonly adversary: AdversaryState<T> | null;
}

export interface StepRates {
  /** The step, counted from 1: AdamW's correction needs it. */
  readonly step: number;
  readonly rate: number;
  readonly adversaryRate: number;
  readonly adamw: AdamWOptions;
}

/** An objective's value at a step, and its gradients by parameter name. */
export interface Turn<T> extends Objective<T> {
  readonly gradients: Tensors<T>;
}

export interface StepTaken<T> {
  readonly state: LearningState<T>;
  readonly own: Turn<T>;
  /** The judge's turn; null without a duel. */
  readonly judged: Turn<T> | null;
}

interface JudgesTurn<T> {
  readonly turn: Turn<T>;
  readonly adversary: AdversaryState<T>;
}

const judgesTurn = <T>(
  { algebra, differentiate }: Gradients<T>,
  duel: Duel<T>,
  weights: Tensors<T>,
  adversary: AdversaryState<T>,
  { adversaryRate, adamw, step }: StepRates,
): JudgesTurn<T> => {
  const { objective, buffers } = duel.challenge(weights, adversary);
  const turn = differentiate(adversary.weights, objective);
  const updated = adamwStep(algebra, adamw)(
    adversary.weights,
    turn.gradients,
    adversary,
    adversaryRate,
    step,
  );
  const followed = duel.follow({ weights: updated.weights, buffers });
  return { turn, adversary: { ...updated, buffers: followed } };
};

interface Gradients<T> extends Pick<Engine<T>, "algebra"> {
  readonly differentiate: NonNullable<Engine<T>["differentiate"]>;
}

const withGradients = <T>({ name, algebra, differentiate }: Engine<T>): Gradients<T> => {
  if (differentiate === null) throw new Error(`runtime ${name} has no gradients`);
  return { algebra, differentiate };
};

/** Runs inside a scope of the engine, so that the caller chooses what of it lives on. */
export const takeStep = <T>(
  engine: Engine<T>,
  prepared: PreparedStep<T>,
  state: LearningState<T>,
  rates: StepRates,
): StepTaken<T> => {
  const gradients = withGradients(engine);
  const { algebra, differentiate } = gradients;
  const judged =
    prepared.duel === null || state.adversary === null
      ? null
      : judgesTurn(gradients, prepared.duel, state.weights, state.adversary, rates);
  const own = differentiate(state.weights, prepared.objective(judged?.adversary ?? null));
  const updated = adamwStep(algebra, rates.adamw)(
    state.weights,
    own.gradients,
    state,
    rates.rate,
    rates.step,
  );
  return {
    state: { ...updated, adversary: judged?.adversary ?? null },
    own,
    judged: judged?.turn ?? null,
  };
};
