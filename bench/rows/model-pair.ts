/** A model of ours against something else, each in a separate process, warm and cold. */
import { join } from "node:path";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { BenchError } from "../lib/bench-error.ts";
import { measurePair } from "../lib/comparison.ts";
import type { Goal } from "../lib/goal.ts";
import { figure, type Measured, notRun } from "../lib/measured.ts";
import { type Entry, type ProcessSide, withProcessSides } from "../lib/process-side.ts";
import type { Request } from "../lib/row.ts";
import { inWorkFolder } from "../lib/work-folder.ts";

/** `side` is that of the picture before upscaling, in pixels; the factor is 4. */
export const oursAs = (model: string, runtime: string, side: number): Entry => ({
  name: `${model} on ${runtime}`,
  contender: "tadsr",
  settings: { model, runtime, side: String(side) },
});

export interface ModelPair {
  readonly name: string;
  readonly ours: Entry;
  readonly theirs: Entry;
  readonly goal: Goal | null;
  readonly rounds: number;
}

const comparePair = (
  { name, goal, rounds }: ModelPair,
  wanted: number | null,
  ours: ProcessSide,
  theirs: ProcessSide,
): TE.TaskEither<BenchError, readonly Measured[]> => {
  const cold = (side: ProcessSide): number => side.cold.opening + side.cold.firstRun;
  // Each has run once already, cold. If it is slow, no more warm-up is done.
  const alternation = { rounds: wanted ?? rounds, warmups: rounds > 5 ? 2 : 0 };
  return TE.map((comparison: Measured): readonly Measured[] => [
    comparison,
    figure(`${name}, cold, once`, cold(ours) / cold(theirs), "x"),
  ])(measurePair({ name, ours, theirs, goal }, alternation));
};

/** The comparison of the pair, and the ratio of their times from the first import to the first picture. */
export const measureModels =
  (request: Request) =>
  (pair: ModelPair): TE.TaskEither<never, readonly Measured[]> => {
    request.progress(pair.name);
    // Our cache of prepared models is empty at first, so that cold is really cold.
    const measured = () =>
      inWorkFolder((folder) => {
        const apart = (entry: Entry): Entry => ({
          ...entry,
          environment: { ...entry.environment, TADSR_CACHE: join(folder, entry.name) },
        });
        return withProcessSides(apart(pair.ours), apart(pair.theirs), (ours, theirs) =>
          comparePair(pair, request.rounds, ours, theirs),
        )();
      });
    return TE.orElse((reason: BenchError) =>
      TE.right<never, readonly Measured[]>([notRun(pair.name, reason)]),
    )(measured);
  };
