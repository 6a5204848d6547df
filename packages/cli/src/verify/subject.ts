/** A network that is verified: what its files hold, and what it is compared on. */
import type { Engine, Tensors } from "@tadsr/core";
import type { Architecture, HostWeights, ParameterSpec } from "@tadsr/model";
import type { Rounding } from "./rounding.ts";
import type { Row } from "./row.ts";

/** What a file gave, on the engine and on the host. */
export interface Loaded<T> {
  readonly uploaded: Tensors<T>;
  readonly weights: HostWeights;
  readonly rounding: Rounding | null;
}

export interface Subject {
  readonly architecture: Architecture;
  /** Every tensor that a file of it holds. */
  readonly tensors: readonly ParameterSpec[];
  /** Those that are learned. */
  readonly parameters: readonly ParameterSpec[];
  /** What the manifest says of their number. */
  readonly recordedCount: number | undefined;
  /** Runs it on all that is recorded. What is thrown is a mismatch of the file. */
  readonly run: <T>(engine: Engine<T>, loaded: Loaded<T>) => Promise<readonly Row[]>;
}
