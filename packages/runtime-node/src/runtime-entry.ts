/** How a runtime is made for what a caller asks. */
import type { Runtime } from "@tadsr/core";
import type { Tell } from "./onnx/model-cache.ts";

export interface RuntimeOptions {
  /**
   * The number of threads for one computation, by default the physical cores. Only some runtimes have more than one.
   */
  readonly threads?: number;
  /** The number of compiled computations that `onnx` keeps, one for each size of an input: see `OnnxOptions`. */
  readonly sessions?: number;
  /** Gets the messages of a runtime, one line each. By default there are none. */
  readonly tell?: Tell;
}

export interface RuntimeEntry {
  /** Whether it always computes on one thread. */
  readonly isSingleThreaded: boolean;
  readonly make: (options: RuntimeOptions) => Runtime;
}

/** Runtimes by their names, such as `runtimeEntries`, which are those of this package. */
export type RuntimeEntries<Name extends string> = Readonly<Record<Name, RuntimeEntry>>;
