/** This project's graphs of the paper's networks, against the authors' networks as PyTorch exports them. */
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { timed } from "../lib/alternate.ts";
import { GRAPHS, type GraphName, prepareGraphs } from "../lib/authors-graphs.ts";
import { type BenchError, failedBy } from "../lib/bench-error.ts";
import { measurePair } from "../lib/comparison.ts";
import { atMost, type Goal } from "../lib/goal.ts";
import { type Measured, notRun } from "../lib/measured.ts";
import { anyInputs, openSession } from "../lib/onnx-session.ts";
import { ourGraph } from "../lib/paper-graphs.ts";
import type { Row } from "../lib/row.ts";
import { inWorkFolder } from "../lib/work-folder.ts";

const goals: Readonly<Record<GraphName, Goal>> = {
  unet: atMost(0.7),
  vq_f4_encoder: atMost(0.6),
  vq_f4_decoder: atMost(0.6),
};

const ROUNDS = 9;

const compareNetwork = async (
  name: GraphName,
  authors: string,
  rounds: number,
): Promise<E.Either<BenchError, Measured>> => {
  const [ours, theirs] = [await openSession(ourGraph(name)), await openSession(authors)];
  try {
    const [ourInputs, theirInputs] = [anyInputs(ours), anyInputs(theirs)];
    return await measurePair(
      {
        name,
        ours: timed(`${name}, this project's graph`, () => ours.run(ourInputs)),
        theirs: timed(`${name}, PyTorch's export`, () => theirs.run(theirInputs)),
        goal: goals[name],
      },
      { rounds, warmups: 2 },
    )();
  } finally {
    await ours.release();
    await theirs.release();
  }
};

export const networks: Row = {
  name: "networks",
  title: "The paper's networks against PyTorch's exports, 64 to 256 pixels a side",
  measures:
    "One run of a session of the same ONNX Runtime with the same threads, from tensors to tensors; ours with its " +
    "time known, as a one-step model's is. Weights are noise on both sides.",
  run: (request) =>
    TE.tryCatch(
      () =>
        inWorkFolder(async (folder): Promise<readonly Measured[]> => {
          const paths = await prepareGraphs(folder)();
          if (E.isLeft(paths)) return [notRun("networks", paths.left)];
          const measured: Measured[] = [];
          for (const name of GRAPHS) {
            request.progress(name);
            const result = await compareNetwork(name, paths.right[name], request.rounds ?? ROUNDS);
            measured.push(E.isLeft(result) ? notRun(name, result.left) : result.right);
          }
          return measured;
        }),
      failedBy,
    ),
};
