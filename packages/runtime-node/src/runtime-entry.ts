/** How a runtime is made for what a caller asks. */
import type { Runtime } from "@tadsr/core";
import type { Tell } from "./onnx/model-cache.ts";

export interface RuntimeOptions {
  /**
   * The number of threads for one computation, by default the physical cores. Only some runtimes have more than one.
   */
  readonly threads?: number;
  /** The number of the graphics card among those that the runtime lists, from 0. Only some runtimes can choose. */
  readonly device?: number;
  /** The number of compiled computations that `onnx` keeps, one for each size of an input: see `OnnxOptions`. */
  readonly sessions?: number;
  /** Gets the messages of a runtime, one line each. By default there are none. */
  readonly tell?: Tell;
}

/**
 * Whether a runtime can choose among graphics cards: `list` gives their names, and an option `device` is a place in it.
 * Or why it cannot, in words that follow "runtime x cannot choose a graphics card: ".
 */
export type DeviceChoice =
  | { readonly _tag: "Listed"; readonly list: () => Promise<readonly string[]> }
  | { readonly _tag: "Refused"; readonly because: string };

export interface RuntimeEntry {
  /** Whether it always computes on one thread. */
  readonly isSingleThreaded: boolean;
  /** Whether it computes on a graphics card. `auto` takes it only if it was measured to be faster. */
  readonly isGpu?: true;
  /** If left out, it computes on the processor, and there is nothing to choose. */
  readonly devices?: DeviceChoice;
  /** The versions of the libraries that compute, as far as they can be told: figures belong to these versions. */
  readonly versions?: () => string;
  readonly make: (options: RuntimeOptions) => Runtime;
}

/** Runtimes by their names, such as `runtimeEntries`, which are those of this package. */
export type RuntimeEntries<Name extends string> = Readonly<Record<Name, RuntimeEntry>>;
