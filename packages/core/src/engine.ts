/**
 * An engine is an interpreter of the algebra with its edges: tensors come in, results go out, memory
 * is released. A runtime is a value that opens one. Importing a runtime never fails; opening it says
 * exactly what is missing.
 */
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Algebra } from "./algebra.ts";

/**
 * What a tensor is, so that an engine may keep it in a layout of its own:
 * scalar [], vector [n], matrix [rows, columns], image [batch, height, width, channels],
 * convolution [out, in, kh, kw], depthwise [channels, 1, kh, kw], sequence [out, in, k].
 */
export type TensorKind = "scalar" | "vector" | "matrix" | "image" | "convolution" | "depthwise" | "sequence";

/** A dense array in its kind's logical layout, row-major. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Named tensors: PyTorch's parameter names, or the parts of a loss. */
export type Tensors<T> = Readonly<Record<string, T>>;

/** A scalar to minimise, and scalars to report beside it. */
export interface Objective<T> {
  readonly loss: T;
  readonly parts: Tensors<T>;
}

/** `gradients` has the names of the parameters and their layouts. */
export interface Differentiated<T> extends Objective<T> {
  readonly gradients: Tensors<T>;
}

/** Reverse-mode differentiation of a scalar with respect to every parameter. */
export type Differentiate<T> = (
  parameters: Tensors<T>,
  objective: (parameters: Tensors<T>) => Objective<T>,
) => Differentiated<T>;

/**
 * Whether the numbers of a tensor may be built into what an engine compiles. `constant`: many computations share
 * them, as a network's weights; an engine may fold, rearrange and keep them. `data`: they are other ones next time.
 */
export type Use = "data" | "constant";

/** What `scope` keeps: a tensor, or tensors in lists and records. */
export type Kept = unknown;

/** How tensors of certain names and shapes are one vector. */
export interface Joining<T> {
  /** All elements as one vector, in an order that is the engine's affair and is the same at every call. */
  join(tensors: Tensors<T>): T;
  /** Such a vector's tensors, by name. */
  part(vector: T): Tensors<T>;
}

export interface Engine<T> {
  readonly name: string;
  readonly algebra: Algebra<T>;
  /** Relative error to expect of one operation: 2^-52 in float64, about 1e-6 in float32. */
  readonly epsilon: number;
  /** Copies an array in its logical layout to the device. `use` is `data` unless given; it changes no result. */
  upload(kind: TensorKind, array: NdArray, use?: Use): T;
  /** Copies a tensor back, in its logical layout. */
  download(kind: TensorKind, tensor: T): Promise<NdArray>;
  /**
   * Computes these tensors now, where the engine defers its work until a result is asked for: between the steps of
   * a sampler, so that each is computed by itself. Absent where every operation runs at once.
   */
  settle?(tensors: readonly T[]): Promise<void>;
  /** Runs `work`, releases every tensor made in it that its result does not hold. */
  scope<A extends Kept>(work: () => A): A;
  /** Releases tensors that were uploaded, or that left a scope. */
  release(tensors: Iterable<T>): void;
  /** Tensors alive; constant over repeated work where nothing leaks. */
  liveTensors(): number;
  /**
   * How tensors with the example's names and shapes become one vector and come apart again, so that a pointwise
   * operation on all of them is one operation. No gradient passes. `part(join(a)) = a`; a pointwise operation
   * on vectors joined alike is that operation on each of their tensors. Absent where it would gain nothing.
   */
  readonly joining?: (example: Tensors<T>) => Joining<T>;
  /** null where the engine has no gradients. */
  readonly differentiate: Differentiate<T> | null;
  /** Gives the device back. The engine is not used afterwards. */
  close(): Promise<void>;
}

/** Why a runtime could not be opened, and the command that mends it. */
export interface RuntimeError {
  readonly _tag: "RuntimeUnavailable";
  readonly runtime: string;
  readonly missing: string;
  readonly remedy: string;
}

export interface Runtime<T = unknown> {
  readonly name: string;
  readonly epsilon: number;
  readonly open: TaskEither<RuntimeError, Engine<T>>;
}

/**
 * A runtime with its tensor type hidden, so that runtimes of different engines fit one list. Sound for
 * callers that hand an engine its own tensors back, which is all a function generic in T can do.
 */
export const anyRuntime = <T>(runtime: Runtime<T>): Runtime => runtime as unknown as Runtime;
