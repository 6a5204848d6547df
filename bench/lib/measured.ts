/** What a row has to show. */
import type { BenchError } from "./bench-error.ts";
import type { Comparison } from "./comparison.ts";
import { type Goal, type Verdict, verdictOn } from "./goal.ts";
import type { Line, Point } from "./line-fit.ts";

/** A figure by itself. */
export interface Figure {
  readonly kind: "figure";
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: Goal | null;
  readonly verdict: Verdict;
}

export const figure = (name: string, value: number, unit: string, goal: Goal | null = null): Figure => ({
  kind: "figure",
  name,
  value,
  unit,
  goal,
  verdict: verdictOn(goal, value),
});

/** How one quantity goes with another. */
export interface Growth {
  readonly kind: "growth";
  readonly name: string;
  readonly xName: string;
  readonly xUnit: string;
  readonly yName: string;
  readonly yUnit: string;
  readonly points: readonly Point[];
  readonly line: Line;
}

/** A part of a row that gave no figure. */
export interface NotRun {
  readonly kind: "not run";
  readonly name: string;
  readonly reason: BenchError;
}

export const notRun = (name: string, reason: BenchError): NotRun => ({ kind: "not run", name, reason });

export type Measured = Comparison | Figure | Growth | NotRun;
