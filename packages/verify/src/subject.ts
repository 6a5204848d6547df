/** A network to verify: what its files must hold, and how it is compared with its record. */
import type { Engine, Tensors } from "@tadsr/core";
import type { Architecture, HostWeights, ParameterSpec } from "@tadsr/model";
import type { Rounding } from "./rounding.ts";
import type { Row } from "./row.ts";

/** The content of a file, on the engine and on the host. */
export interface Loaded<T> {
  readonly uploaded: Tensors<T>;
  readonly weights: HostWeights;
  readonly rounding: Rounding | null;
}

export interface Subject {
  readonly architecture: Architecture;
  /** Every tensor that its file holds. */
  readonly tensors: readonly ParameterSpec[];
  /** The learned ones. */
  readonly parameters: readonly ParameterSpec[];
  /** The number of weights by the manifest. */
  readonly recordedCount: number | undefined;
  /** Runs it on all recorded inputs. An exception is a mismatch of the file. */
  readonly run: <T>(engine: Engine<T>, loaded: Loaded<T>) => Promise<readonly Row[]>;
}
