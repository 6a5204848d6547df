/** A training step of ours against the same step in PyTorch. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as A from "fp-ts/lib/Array.js";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type BenchError, missing } from "../lib/bench-error.ts";
import { measurePair } from "../lib/comparison.ts";
import { atMost, type Goal } from "../lib/goal.ts";
import { type LineSide, openLineSide, type Program } from "../lib/line-side.ts";
import { figure, type Measured, notRun } from "../lib/measured.ts";
import { benchFolder } from "../lib/places.ts";
import type { Request, Row } from "../lib/row.ts";
import { summarise } from "../lib/statistics.ts";
import { inWorkFolder } from "../lib/work-folder.ts";
import { TASKS } from "../training/record.ts";

const TORCH = "2.13.0";

interface Trainer {
  readonly name: string;
  readonly goal: Goal | null;
  readonly rounds: number;
  /** Whether one step takes a minute or more. */
  readonly isSlow: boolean;
}

const RUNTIMES: readonly Trainer[] = [
  { name: "tensorflow", goal: atMost(1.2), rounds: 11, isSlow: false },
  { name: "wasm", goal: null, rounds: 2, isSlow: true },
];

const python = (): string => process.env.TADSR_PYTHON ?? "python3";

const torchVersion = (): E.Either<BenchError, string> => {
  const asked = spawnSync(python(), ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" });
  return asked.status === 0
    ? E.right(asked.stdout.trim())
    : E.left(
        missing(
          `PyTorch for ${process.env.TADSR_PYTHON === undefined ? "python3" : "the Python of TADSR_PYTHON"}`,
          `install it (pip install torch==${TORCH}, in a virtual environment) and name that Python in TADSR_PYTHON`,
        ),
      );
};

/** The step on a runtime. The first run of a task makes the file that the others start from. */
const oursOn = (runtime: string, task: string, start: string): Program => ({
  name: `${task}'s step on ${runtime}`,
  command: process.execPath,
  args: [
    ...["--import", "tsx", join(benchFolder, "training", "step.ts")],
    ...["--start", start, "--task", task, "--runtime", runtime],
  ],
});

const torchAs = (version: string, task: string, start: string): Program => ({
  name: `${task}'s step in PyTorch ${version}`,
  command: python(),
  args: [join(benchFolder, "training", "step.py"), "--start", start, "--task", task],
});

/** The share of the time for passes and gradients. The rest is AdamW, the moving average and the gradient's norm. */
const gradientShare = ({ name, gradientShares }: LineSide, warmups: number): readonly Measured[] => {
  const shares = gradientShares().slice(warmups);
  return A.isNonEmpty(shares)
    ? [figure(`${name}: passes and gradients`, 100 * summarise(shares).median, "% of its time")]
    : [];
};

const measure = async (
  request: Request,
  ours: LineSide,
  theirs: LineSide,
  version: string,
  { goal, rounds }: Trainer,
): Promise<readonly Measured[]> => {
  const name = `${ours.name} against PyTorch ${version}`;
  const pair = { name, ours, theirs, goal };
  const warmups = rounds > 5 ? 2 : 1;
  const measured = await measurePair(pair, { rounds: request.rounds ?? rounds, warmups })();
  return E.isRight(measured)
    ? [measured.right, ...[ours, theirs].flatMap((side) => gradientShare(side, warmups))]
    : [notRun(name, measured.left)];
};

const measureTask = async (
  request: Request,
  version: string,
  task: string,
  folder: string,
): Promise<readonly Measured[]> => {
  const start = join(folder, `${task}.safetensors`);
  const measured: Measured[] = [];
  for (const runtime of RUNTIMES.filter(({ isSlow }) => request.large || !isSlow)) {
    request.progress(`the ${task}'s step on ${runtime.name}`);
    const ours = await openLineSide(oursOn(runtime.name, task, start))();
    if (E.isLeft(ours)) {
      measured.push(notRun(`${task}'s step on ${runtime.name}`, ours.left));
      continue;
    }
    const theirs = await openLineSide(torchAs(version, task, start))();
    if (E.isLeft(theirs)) measured.push(notRun(`${task}'s step in PyTorch`, theirs.left));
    else {
      measured.push(...(await measure(request, ours.right, theirs.right, version, runtime)));
      theirs.right.close();
    }
    ours.right.close();
  }
  return measured;
};

export const training: Row = {
  name: "training",
  title: "A training step of the small networks against the same step in PyTorch",
  measures:
    "Forward pass, gradients, AdamW and the moving average from the same weights, batch and draws, each side in a process of its own " +
    "(training/step.ts and training/step.py). Teacher's and student's steps are the residual UNet's, a batch of 10 crops of 40 x 40; the target's is " +
    "that of the stack small towards a given picture, 16 crops of 32 x 32, with gradients cut to a norm of 0.5.",
  run: (request): TE.TaskEither<BenchError, readonly Measured[]> => {
    return async () => {
      const version = torchVersion();
      if (E.isLeft(version)) return version;
      return inWorkFolder(async (folder) => {
        const parts: Measured[] = [];
        for (const task of TASKS) parts.push(...(await measureTask(request, version.right, task, folder)));
        return E.right(parts);
      });
    };
  },
};
