/**
 * An engine is an interpreter of the algebra together with its effects: it takes tensors in, gives results out and
 * releases memory. A runtime is a value that opens an engine. Importing a runtime never fails; opening it says exactly
 * what is missing.
 */
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { Algebra } from "./algebra.ts";

/**
 * What a tensor is. An engine may keep each kind in a layout of its own:
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

/** A scalar to minimise, and other scalars to report with it. */
export interface Objective<T> {
  readonly loss: T;
  readonly parts: Tensors<T>;
}

/** `gradients` has the same names and layouts as the parameters. */
export interface Differentiated<T> extends Objective<T> {
  readonly gradients: Tensors<T>;
}

/** Reverse-mode differentiation of a scalar with respect to every parameter. */
export type Differentiate<T> = (
  parameters: Tensors<T>,
  objective: (parameters: Tensors<T>) => Objective<T>,
) => Differentiated<T>;

/**
 * Whether an engine may build the numbers of a tensor into what it compiles. `constant`: many computations share them,
 * as with a network's weights, so an engine may fold, rearrange and keep them. `data`: they change from one computation
 * to the next.
 */
export type Use = "data" | "constant";

/** What `scope` keeps: a tensor, or tensors in lists and records. */
export type Kept = unknown;

/** Tensors of given names and shapes as one vector. */
export interface Joining<T> {
  /** All elements as one vector. The engine chooses the order, which is the same at every call. */
  join(tensors: Tensors<T>): T;
  /** The tensors of such a vector, by name. */
  part(vector: T): Tensors<T>;
}

/** How much memory an engine takes for what can be counted before it is done. */
export interface EngineMemory {
  /** Bytes that it takes for each byte of results. */
  readonly factor: number;
  /** Bytes of attention's scores that it holds at a time at most. */
  readonly scores: number;
  /** Bytes that it can address in all; Infinity where all memory is within its reach. */
  readonly limit: number;
}

export interface Engine<T> {
  readonly name: string;
  readonly algebra: Algebra<T>;
  /** The relative error to expect of one operation: 2^-52 in float64, about 1e-6 in float32. */
  readonly epsilon: number;
  /** Absent if it is not known. */
  readonly memory?: EngineMemory;
  /** It computes in plain JavaScript, many times slower than an engine with kernels: give it less at a time. */
  readonly isSlow?: true;
  /** Copies an array in its logical layout to the device. `use` is `data` by default; it changes no result. */
  upload(kind: TensorKind, array: NdArray, use?: Use): T;
  /** Copies a tensor back, in its logical layout. */
  download(kind: TensorKind, tensor: T): Promise<NdArray>;
  /**
   * Computes these tensors now, if the engine defers its work until a result is asked for. Samplers call it between
   * steps, so that each step is computed by itself. Absent if the engine runs every operation at once.
   */
  settle?(tensors: readonly T[]): Promise<void>;
  /** Runs `work`, then releases every tensor made in it that its result does not hold. */
  scope<A extends Kept>(work: () => A): A;
  /** Releases tensors that were uploaded or that left a scope. */
  release(tensors: Iterable<T>): void;
  /** The number of tensors alive. It stays the same over repeated work if nothing leaks. */
  liveTensors(): number;
  /**
   * Makes one vector of tensors with the example's names and shapes, and takes it apart again, so that a pointwise
   * operation on all of them is one operation. No gradient passes. `part(join(a)) = a`. A pointwise operation on
   * vectors that were joined in the same way is that operation on each of their tensors. Absent if the engine would
   * gain nothing by it.
   */
  readonly joining?: (example: Tensors<T>) => Joining<T>;
  /** null if the engine has no gradients. */
  readonly differentiate: Differentiate<T> | null;
  /** Gives the device back. The engine is not used afterwards. */
  close(): Promise<void>;
}

/** Why a runtime could not be opened, and the command that repairs it. */
export interface RuntimeError {
  readonly _tag: "RuntimeUnavailable";
  readonly runtime: string;
  readonly missing: string;
  readonly remedy: string;
  readonly message: string;
}

export const runtimeUnavailable = (runtime: string, missing: string, remedy: string): RuntimeError => ({
  _tag: "RuntimeUnavailable",
  runtime,
  missing,
  remedy,
  message: `runtime ${runtime} cannot be opened: ${missing} is missing; ${remedy}`,
});

export interface Runtime<T = unknown> {
  readonly name: string;
  readonly epsilon: number;
  readonly open: TaskEither<RuntimeError, Engine<T>>;
}

/**
 * A runtime with its tensor type hidden, so that one list can hold runtimes of different engines. This is sound if
 * callers only hand an engine's own tensors back to it, and a function generic in T can do nothing else.
 */
export const anyRuntime = <T>(runtime: Runtime<T>): Runtime => runtime as unknown as Runtime;
