/** The time from the command to its first tile, against the least that a program on ONNX Runtime does. */
import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import * as A from "fp-ts/lib/Array.js";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { alternate, type Side } from "../lib/alternate.ts";
import { type BenchError, failedBy, missing } from "../lib/bench-error.ts";
import { type Command, type CommandRun, eventOf, runCommand } from "../lib/command-run.ts";
import { compareTurns } from "../lib/comparison.ts";
import { atMost, type Goal } from "../lib/goal.ts";
import { type Measured, notRun } from "../lib/measured.ts";
import { packCommand } from "../lib/packed.ts";
import { benchFolder, root } from "../lib/places.ts";
import type { Request, Row } from "../lib/row.ts";
import { inWorkFolder, writePhotograph } from "../lib/work-folder.ts";

/** A picture so small that computing its tile takes almost no time. */
const SIDE = 16;

/** A workspace package that has onnxruntime-node installed. */
const homeOfOnnxRuntime = (): E.Either<BenchError, string> => {
  const home = ["runtime-node", "engine-onnx"]
    .map((name) => join(root, "packages", name))
    .find((folder) => existsSync(join(folder, "node_modules", "onnxruntime-node")));
  return home === undefined
    ? E.left(missing("onnxruntime-node", "install again: npx -y pnpm@12 install"))
    : E.right(home);
};

/** How the command is started: as users of the package do, and in a clone. */
interface Build {
  readonly name: string;
  readonly program: readonly string[];
}

/** Runs the command and returns the milliseconds until an event. All events are kept in `seen`. */
const sideOf = (name: string, event: string, command: () => Command, seen: CommandRun[] = []): Side => ({
  name,
  run: async () => {
    const run = await TE.chainEitherK((done: CommandRun) => {
      seen.push(done);
      return eventOf(done, event);
    })(runCommand(command()))();
    if (E.isLeft(run)) throw run.left;
    return run.right;
  },
});

/** An error that a side threw, ours or another's. */
const asBenchError = (thrown: unknown): BenchError =>
  typeof thrown === "object" && thrown !== null && "_tag" in thrown
    ? (thrown as BenchError)
    : failedBy(thrown);

interface Start {
  readonly build: Build;
  readonly state: "warm" | "cold";
  readonly picture: string;
  readonly folder: string;
  readonly home: string;
}

/** The command's events, in order, with their goals. */
const EVENTS = [
  { event: "tile-started", says: "to the first tile begun", goal: (): Goal | null => null },
  {
    event: "tile-done",
    says: "to the first tile done",
    goal: (state: Start["state"]): Goal | null => (state === "warm" ? atMost(1.5) : null),
  },
] as const;

const measureStart = async (request: Request, start: Start): Promise<readonly Measured[]> => {
  const { build, state, picture, folder, home } = start;
  const name = `${build.name}, ${state}`;
  request.progress(name);
  const kept = join(folder, `cache of ${build.name}`);
  const seen: CommandRun[] = [];
  const ours = sideOf(
    name,
    "tile-done",
    () => ({
      args: [
        ...[...build.program, "upscale", picture, "--out", join(folder, "upscaled.png"), "--force"],
        ...["--runtime", request.runtime],
      ],
      environment: {
        TADSR_TRACE: "1",
        // The command's cache of prepared models: kept if warm, else new every time.
        TADSR_CACHE: state === "warm" ? kept : mkdtempSync(join(folder, "cold-")),
      },
    }),
    seen,
  );
  const theirs = sideOf("an empty session of onnxruntime-node", "session-open", () => ({
    args: [join(benchFolder, "programs", "empty-session.mjs"), home],
  }));
  const warmups = 2;
  const turns = await TE.tryCatch(
    () => alternate(ours, theirs, { rounds: request.rounds ?? 15, warmups }),
    asBenchError,
  )();
  if (E.isLeft(turns)) return [notRun(name, turns.left)];
  return EVENTS.flatMap(({ event, says, goal }): readonly Measured[] => {
    const times = seen.slice(warmups).flatMap(({ events }) => events[event] ?? []);
    return A.isNonEmpty(times) && times.length === turns.right.ours.length
      ? [
          compareTurns(
            `${name}, ${says}`,
            { ours: ours.name, theirs: theirs.name },
            { ours: times, theirs: turns.right.theirs },
            goal(state),
          ),
        ]
      : [];
  });
};

const builds = (packed: E.Either<BenchError, string>): readonly Build[] => [
  ...(E.isRight(packed) ? [{ name: "packed", program: [packed.right] }] : []),
  { name: "clone", program: ["--import", "tsx", join(root, "packages", "cli", "src", "main.ts")] },
];

export const startup: Row = {
  name: "startup",
  title: "From the command to its first tile, against an empty session",
  measures:
    `From the call that starts the process, with a picture of ${SIDE} x ${SIDE} pixels; against a program that loads ` +
    "onnxruntime-node and opens a session of one Identity node. Cold is without the command's cache of models; " +
    "the system's cache of files is warm in both. packed is the bundled command, clone is the sources by tsx.",
  run: (request) => () =>
    inWorkFolder(async (folder): Promise<E.Either<BenchError, readonly Measured[]>> => {
      const home = homeOfOnnxRuntime();
      if (E.isLeft(home)) return home;
      const picture = await writePhotograph(folder, SIDE);
      request.progress("compiling the packages");
      const packed = packCommand();
      const measured: Measured[] = E.isLeft(packed) ? [notRun("packed", packed.left)] : [];
      for (const build of builds(packed))
        for (const state of ["warm", "cold"] as const)
          measured.push(
            ...(await measureStart(request, { build, state, picture, folder, home: home.right })),
          );
      return E.right(measured);
    }),
};
