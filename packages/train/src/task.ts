/** What the training loop runs: the objective of a teacher or a student, step by step. */
import type { Engine, Objective, Tensors } from "@tadsr/core";
import type { HostWeights, ParameterSpec } from "@tadsr/model";
import type { TrainingBatch } from "./batches.ts";

/** The tensors of a discriminator: its weights, and the buffers (u and v) that follow them. */
export interface DiscriminatorTensors<T> {
  readonly weights: Tensors<T>;
  readonly buffers: Tensors<T>;
}

/** The discriminator's side of a step of Algorithm 1, which comes before the trained network's own. */
export interface DiscriminatorSide<T> {
  /**
   * The objective that the discriminator minimises over its weights, against the present predictions of the trained
   * network with `weights`; and the buffers after the passes of this objective.
   */
  objectiveAgainst(
    weights: Tensors<T>,
    discriminator: DiscriminatorTensors<T>,
  ): {
    readonly objective: (weights: Tensors<T>) => Objective<T>;
    readonly buffers: Tensors<T>;
  };
  /** The buffers for one more pass through the discriminator. */
  iterate(discriminator: DiscriminatorTensors<T>): Tensors<T>;
}

export interface PreparedStep<T> {
  /** null if there is no discriminator. */
  readonly discriminatorSide: DiscriminatorSide<T> | null;
  /** What is minimised over the weights. It gets the discriminator after its own update, or null if there is none. */
  objective(discriminator: DiscriminatorTensors<T> | null): (weights: Tensors<T>) => Objective<T>;
}

/** How a task's network upscales small pictures in validation. Both functions run inside a scope of the engine. */
export interface Upscaler<T> {
  /** Pictures [n, H, W, 3], about in [-1, 1], by the network with these weights, from the same noise each time. */
  upscale(weights: Tensors<T>, pictures: TrainingBatch, samples: number): T;
  /** The pictures that are learned instead of the originals, in the same form; null if the originals are learned. */
  readonly target: ((pictures: TrainingBatch, samples: number) => T) | null;
}

export interface OpenTask<T> {
  /**
   * Draws and computes what a step needs before it is differentiated (noise, times, the teacher's sample). Returns the
   * objectives as functions of the weights. Runs inside a scope of the engine.
   */
  prepare(batch: TrainingBatch): PreparedStep<T>;
  /** Absent if the task cannot be validated. */
  readonly upscaler?: Upscaler<T>;
  /** Frozen tensors. They are released when the training ends. */
  readonly frozen: readonly T[];
}

/** The discriminator, a second network that is trained against the first. */
export interface DiscriminatorSpec {
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly ParameterSpec[];
  /** Of parameters and buffers. */
  readonly initial: HostWeights;
}

export interface Task {
  readonly name: "teacher" | "student";
  /** null if the task has no discriminator. */
  readonly discriminator: DiscriminatorSpec | null;
  /** Uploads the frozen weights, once. */
  open<T>(engine: Engine<T>): OpenTask<T>;
}
