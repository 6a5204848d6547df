/** A row of the benchmark. The README of this folder says how to add one. */
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { BenchError } from "./bench-error.ts";
import type { Measured } from "./measured.ts";

/** The options that a row is run with. */
export interface Request {
  /** The runtime of ours that is timed, by its name in `--runtime`. */
  readonly runtime: string;
  /** The number of rounds that the caller asks for, or null for the row's own number. */
  readonly rounds: number | null;
  /** Whether sizes that take minutes are measured too. */
  readonly large: boolean;
  /** Tells the caller what is going on. */
  readonly progress: (text: string) => void;
}

export interface Row {
  /** Its name on the command line and of its result's file. */
  readonly name: string;
  readonly title: string;
  /** What is measured, with its start and end, in a sentence or two. */
  readonly measures: string;
  /** The result includes parts that could not run. It fails only if no part could run. */
  readonly run: (request: Request) => TE.TaskEither<BenchError, readonly Measured[]>;
}
