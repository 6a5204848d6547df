/** The results of a row. */
import * as E from "fp-ts/lib/Either.js";
import type { BenchError } from "./bench-error.ts";
import type { Comparison } from "./comparison.ts";
import { type Goal, type Verdict, verdictOn } from "./goal.ts";
import { fitLine, type Line, type Point } from "./line-fit.ts";

/** A single figure. */
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

/** How one quantity depends on another. */
export interface Growth {
  readonly kind: "growth";
  readonly name: string;
  readonly xName: string;
  readonly xUnit: string;
  readonly yName: string;
  readonly yUnit: string;
  readonly points: readonly Point[];
  /** The line is fitted to the points from this x on. */
  readonly fittedFrom: number;
  readonly line: Line;
}

/** The points that the line was fitted to. */
export const fittedPoints = ({
  points,
  fittedFrom,
}: Pick<Growth, "points" | "fittedFrom">): readonly Point[] => points.filter(({ x }) => x >= fittedFrom);

/** Fits the line. Fails if fewer than two different x remain. */
export const growth = (given: Omit<Growth, "kind" | "line">): E.Either<BenchError, Growth> =>
  E.map((line: Line): Growth => ({ kind: "growth", ...given, line }))(fitLine(fittedPoints(given)));

/** A part of a row that gave no figure. */
export interface NotRun {
  readonly kind: "not run";
  readonly name: string;
  readonly reason: BenchError;
}

export const notRun = (name: string, reason: BenchError): NotRun => ({ kind: "not run", name, reason });

export type Measured = Comparison | Figure | Growth | NotRun;
