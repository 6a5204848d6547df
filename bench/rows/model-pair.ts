/** A model of ours beside something else, each in a process of its own, warm and cold. */
import * as TE from "fp-ts/lib/TaskEither.js";
import type { BenchError } from "../lib/bench-error.ts";
import { measurePair } from "../lib/comparison.ts";
import type { Goal } from "../lib/goal.ts";
import { figure, type Measured, notRun } from "../lib/measured.ts";
import { type Entry, withProcessSides } from "../lib/process-side.ts";
import type { Request } from "../lib/row.ts";

/** Side of the picture that is enlarged, in pixels; four times as much comes out. */
export const SIDE = 256;

export const oursAs = (model: string, runtime: string): Entry => ({
  name: `${model} on ${runtime}`,
  contender: "tadsr",
  settings: { model, runtime, side: String(SIDE) },
});

export interface ModelPair {
  readonly name: string;
  readonly ours: Entry;
  readonly theirs: Entry;
  readonly goal: Goal | null;
  readonly rounds: number;
}

/** The pair's comparison, and the ratio of what each takes from its first import to its first picture. */
export const measureModels =
  (request: Request) =>
  ({ name, ours, theirs, goal, rounds }: ModelPair): TE.TaskEither<never, readonly Measured[]> => {
    request.progress(name);
    const measured = withProcessSides(ours, theirs, (first, second) =>
      TE.map((comparison: Measured): readonly Measured[] => {
        const cold = (side: typeof first): number => side.cold.opening + side.cold.firstRun;
        return [comparison, figure(`${name}, cold, once`, cold(first) / cold(second), "x")];
      })(
        measurePair(
          { name, ours: first, theirs: second, goal },
          {
            rounds: request.rounds ?? rounds,
            // Each has run once, cold; a slow one is not made to wait for more.
            warmups: rounds > 5 ? 2 : 0,
          },
        ),
      ),
    );
    return TE.orElse((reason: BenchError) => TE.right<never, readonly Measured[]>([notRun(name, reason)]))(
      measured,
    );
  };
