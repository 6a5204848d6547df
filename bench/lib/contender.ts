/** What a program under contenders/ exports as `contender`: a function that makes it ready to be timed. */
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { BenchError } from "./bench-error.ts";
import type { Versions } from "./versions.ts";

/** A contender's settings, as strings that pass between processes. */
export type Settings = Readonly<Record<string, string>>;

export interface Ready {
  /** Does the work once. Rejects if it cannot. */
  readonly run: () => Promise<unknown>;
  /** Versions that are known only in its process. */
  readonly versions?: Versions;
}

export type Contender = (settings: Settings) => TE.TaskEither<BenchError, Ready>;

/** The messages of its process to ours. Times are in milliseconds. */
export type Report =
  | { readonly kind: "ready"; readonly milliseconds: number; readonly versions: Versions }
  | { readonly kind: "ran"; readonly milliseconds: number }
  | { readonly kind: "stopped"; readonly reason: BenchError };
