/** What the training loop runs: a teacher's or a student's objective, step by step. */
import type { Engine, Objective, Tensors } from "@tadsr/core";
import type { HostWeights, ParameterSpec } from "@tadsr/model";
import type { TrainingBatch } from "./batches.ts";

/** A network that judges: what it has learned, and the tensors beside that follow its weights (u and v). */
export interface Judge<T> {
  readonly weights: Tensors<T>;
  readonly buffers: Tensors<T>;
}

/** The judge's side of a step of Algorithm 1, which comes before the trained network's own. */
export interface Duel<T> {
  /**
   * What the judge minimises over its weights, against what the trained network's `weights` make now, and
   * the buffers after the passes of it.
   */
  challenge(
    weights: Tensors<T>,
    judge: Judge<T>,
  ): {
    readonly objective: (weights: Tensors<T>) => Objective<T>;
    readonly buffers: Tensors<T>;
  };
  /** The buffers for one more pass through the judge. */
  follow(judge: Judge<T>): Tensors<T>;
}

export interface PreparedStep<T> {
  /** null where nobody judges. */
  readonly duel: Duel<T> | null;
  /** What is minimised over the weights; `judge` is as its own update left it, null without a duel. */
  objective(judge: Judge<T> | null): (weights: Tensors<T>) => Objective<T>;
}

/** How a task's network enlarges small pictures, for whoever validates it. Both run inside a scope of the engine. */
export interface Enlarger<T> {
  /** Pictures [n, H, W, 3], about in [-1, 1], by the network with these weights, from the same noise every time. */
  enlarge(weights: Tensors<T>, pictures: TrainingBatch, samples: number): T;
  /** What is learned in place of the originals, in the same form; null where they are. */
  readonly target: ((pictures: TrainingBatch, samples: number) => T) | null;
}

export interface OpenTask<T> {
  /**
   * Draws and computes what a step needs before it is differentiated (noise, times, the teacher's
   * sample), and returns the objectives as functions of the weights. Runs inside a scope of the engine.
   */
  prepare(batch: TrainingBatch): PreparedStep<T>;
  /** Absent where the task cannot be validated. */
  readonly enlarger?: Enlarger<T>;
  /** Frozen tensors, released when the training ends. */
  readonly frozen: readonly T[];
}

/** A second network that is trained against the first. */
export interface AdversarySpec {
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly ParameterSpec[];
  /** Of parameters and buffers. */
  readonly initial: HostWeights;
}

export interface Task {
  readonly name: "teacher" | "student";
  /** null where the task has no duel. */
  readonly adversary: AdversarySpec | null;
  /** Uploads the frozen weights, once. */
  open<T>(engine: Engine<T>): OpenTask<T>;
}
