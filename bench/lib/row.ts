/** A row of the benchmark. The README of this folder says how to add one. */
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { BenchError } from "./bench-error.ts";
import type { Measured } from "./measured.ts";

/** What a row is run with. */
export interface Request {
  /** The runtime of ours that is timed, by its name for `--runtime`. */
  readonly runtime: string;
  /** Rounds that the caller asks for instead of the row's own number. */
  readonly rounds: number | null;
  /** Whether sizes that take minutes are wanted too. */
  readonly large: boolean;
  /** Tells the caller that work goes on. */
  readonly progress: (text: string) => void;
}

export interface Row {
  /** What it is called on the command line, and its result's file. */
  readonly name: string;
  readonly title: string;
  /** What is measured, from where to where, in a sentence or two. */
  readonly measures: string;
  /** Parts that could not run are among what it gives; it fails where nothing could. */
  readonly run: (request: Request) => TE.TaskEither<BenchError, readonly Measured[]>;
}
