/** What a program under contenders/ exports as `contender`: how to make it ready, so that it can be timed. */
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { BenchError } from "./bench-error.ts";
import type { Versions } from "./versions.ts";

/** What a contender is told, as words that pass between processes. */
export type Settings = Readonly<Record<string, string>>;

export interface Ready {
  /** Does the work once; rejects where it cannot. */
  readonly run: () => Promise<unknown>;
  /** What else is known of it only in its process. */
  readonly versions?: Versions;
}

export type Contender = (settings: Settings) => TE.TaskEither<BenchError, Ready>;

/** What its process tells ours. Times are milliseconds. */
export type Report =
  | { readonly kind: "ready"; readonly milliseconds: number; readonly versions: Versions }
  | { readonly kind: "ran"; readonly milliseconds: number }
  | { readonly kind: "stopped"; readonly reason: BenchError };
