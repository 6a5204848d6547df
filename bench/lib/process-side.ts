/**
 * A side that runs in a separate process, so that the threads, the memory and the settings of one library do not affect
 * the other side.
 */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Side } from "./alternate.ts";
import { type BenchError, failed, sayError } from "./bench-error.ts";
import type { Report, Settings } from "./contender.ts";
import { root } from "./places.ts";
import type { Versions } from "./versions.ts";

export interface Entry {
  /** Its name in the results. */
  readonly name: string;
  /** The file under contenders/, without its ending. */
  readonly contender: string;
  readonly settings: Settings;
  /** Added to the environment of its process. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ProcessSide extends Side {
  /** Milliseconds from the first import until it is ready, and of the first run after that. */
  readonly cold: { readonly opening: number; readonly firstRun: number };
  readonly versions: Versions;
  /** Ends the process. */
  readonly close: () => Promise<void>;
}

/** The next message of the process, or how it ended without one. */
const nextReport = (child: ChildProcess): Promise<Report> =>
  new Promise((resolve) => {
    const onMessage = (report: unknown): void => {
      child.off("exit", onExit);
      resolve(report as Report);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      child.off("message", onMessage);
      resolve({ kind: "stopped", reason: failed(`its process ended with ${signal ?? code}`) });
    };
    child.once("message", onMessage);
    child.once("exit", onExit);
  });

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill();
      });

const runOnce = async (name: string, child: ChildProcess): Promise<number> => {
  const answered = nextReport(child);
  child.send("run", () => undefined);
  const report = await answered;
  if (report.kind === "ran") return report.milliseconds;
  throw new Error(report.kind === "stopped" ? `${name}: ${sayError(report.reason)}` : `${name} began again`);
};

/** Starts the process, makes the contender ready and runs it a first time, cold. */
export const openProcessSide =
  ({ name, contender, settings, environment = {} }: Entry): TE.TaskEither<BenchError, ProcessSide> =>
  async () => {
    const child = fork(
      join(root, "bench", "lib", "contender-process.ts"),
      [contender, JSON.stringify(settings)],
      {
        cwd: root,
        execArgv: ["--import", "tsx"],
        env: { ...process.env, ...environment },
        // Libraries may print messages; these are dropped.
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      },
    );
    const report = await nextReport(child);
    if (report.kind !== "ready") {
      await ended(child);
      return E.left(report.kind === "stopped" ? report.reason : failed(`${name} ran before it was ready`));
    }
    const first = await TE.tryCatch(
      () => runOnce(name, child),
      (thrown): BenchError => failed(thrown instanceof Error ? thrown.message : String(thrown)),
    )();
    if (E.isLeft(first)) {
      await ended(child);
      return first;
    }
    return E.right({
      name,
      run: () => runOnce(name, child),
      cold: { opening: report.milliseconds, firstRun: first.right },
      versions: report.versions,
      close: () => ended(child),
    });
  };

/** Opens two sides, uses them, and ends their processes in every case. */
export const withProcessSides =
  <A>(
    ours: Entry,
    theirs: Entry,
    use: (ours: ProcessSide, theirs: ProcessSide) => TE.TaskEither<BenchError, A>,
  ): TE.TaskEither<BenchError, A> =>
  async () => {
    const first = await openProcessSide(ours)();
    if (E.isLeft(first)) return first;
    try {
      const second = await openProcessSide(theirs)();
      if (E.isLeft(second)) return second;
      try {
        return await use(first.right, second.right)();
      } finally {
        await second.right.close();
      }
    } finally {
      await first.right.close();
    }
  };
