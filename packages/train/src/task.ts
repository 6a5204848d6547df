/** What the training loop runs: a teacher's or a student's objective, step by step. */
import type { Engine, Objective, Tensors } from "@tadsr/core";
import type { TrainingBatch } from "./batches.ts";

export interface OpenTask<T> {
  /**
   * Draws and computes what a step needs before it is differentiated (noise, times, the teacher's
   * sample), and returns the objective as a function of the weights. Runs inside a scope of the engine.
   */
  prepare(batch: TrainingBatch): (weights: Tensors<T>) => Objective<T>;
  /** Frozen tensors, released when the training ends. */
  readonly frozen: readonly T[];
}

export interface Task {
  readonly name: "teacher" | "student";
  /** Uploads the frozen weights, once. */
  open<T>(engine: Engine<T>): OpenTask<T>;
}
