/** The ratio of two sides' times, and whether it meets a goal. */
import * as NEA from "fp-ts/lib/NonEmptyArray.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Alternation, alternate, type Side, type Turns } from "./alternate.ts";
import { type BenchError, failedBy } from "./bench-error.ts";
import { type Goal, type Verdict, verdictOn } from "./goal.ts";
import { type Samples, type Summary, summarise } from "./statistics.ts";

/** One side's times, in milliseconds. */
export interface Times extends Summary {
  readonly name: string;
  readonly samples: Samples;
}

/** Our time divided by theirs: below 1 if we are faster. */
export interface Ratio extends Summary {
  /** The ratio of the two sides' shortest times. */
  readonly ofMinima: number;
}

export interface Comparison {
  readonly kind: "comparison";
  readonly name: string;
  readonly ours: Times;
  readonly theirs: Times;
  /** Of the ratios of the rounds; each round is one run of either side. */
  readonly ratio: Ratio;
  /** A bound of the median of the ratio. */
  readonly goal: Goal | null;
  readonly verdict: Verdict;
}

const times = (name: string, samples: Samples): Times => ({ name, ...summarise(samples), samples });

export const compareTurns = (
  name: string,
  names: { readonly ours: string; readonly theirs: string },
  { ours, theirs }: Turns,
  goal: Goal | null,
): Comparison => {
  const ratios = NEA.zipWith(ours, theirs, (a, b) => a / b);
  const ratio = { ...summarise(ratios), ofMinima: Math.min(...ours) / Math.min(...theirs) };
  return {
    kind: "comparison",
    name,
    ours: times(names.ours, ours),
    theirs: times(names.theirs, theirs),
    ratio,
    goal,
    verdict: verdictOn(goal, ratio.median),
  };
};

/** Two sides, how they are alternated, and the goal for their ratio. */
export interface Pair {
  readonly name: string;
  readonly ours: Side;
  readonly theirs: Side;
  readonly goal: Goal | null;
}

/** Fails if a side throws. */
export const measurePair = (
  { name, ours, theirs, goal }: Pair,
  alternation: Alternation,
): TE.TaskEither<BenchError, Comparison> =>
  TE.tryCatch(
    async () =>
      compareTurns(
        name,
        { ours: ours.name, theirs: theirs.name },
        await alternate(ours, theirs, alternation),
        goal,
      ),
    failedBy,
  );
