/** Runs a program to its end, and measures its time, its events and its memory. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type BenchError, failed, missing } from "./bench-error.ts";
import { benchFolder, root } from "./places.ts";

export interface CommandRun {
  /** Milliseconds from the call that starts the process to its end. */
  readonly wall: number;
  /** Milliseconds until the first line `trace <event> ...` on standard error, for each event. */
  readonly events: Readonly<Record<string, number>>;
  /** The peak of resident memory, in bytes. */
  readonly peak: number;
}

export interface Command {
  /** The arguments of node. */
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

const MEMORY = pathToFileURL(join(benchFolder, "programs", "report-memory.mjs")).href;

/** The last line that is no trace: a failing program's message. */
const lastWords = (stderr: string): string =>
  stderr
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("trace "))
    .at(-1) ?? "";

/** Fails if the program's exit code is not 0. */
export const runCommand =
  ({ args, environment = {} }: Command): TE.TaskEither<BenchError, CommandRun> =>
  () =>
    new Promise((resolve) => {
      const events: Record<string, number> = {};
      let stderr = "";
      let peak = "";
      const begun = performance.now();
      const child = spawn(process.execPath, ["--import", MEMORY, ...args], {
        cwd: root,
        env: { ...process.env, ...environment },
        stdio: ["ignore", "ignore", "pipe", "pipe"],
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        const now = performance.now() - begun;
        stderr += text;
        for (const [, event] of stderr.matchAll(/^trace (\S+) [^\n]*\n/gm))
          if (event !== undefined) events[event] ??= now;
      });
      child.stdio[3]?.on("data", (text: Buffer) => {
        peak += text.toString();
      });
      child.once("error", (error) => resolve(E.left(failed(error.message))));
      child.once("close", (code) => {
        const wall = performance.now() - begun;
        resolve(
          code === 0
            ? E.right({ wall, events, peak: Number(peak) })
            : E.left(
                failed(`${args.join(" ").replaceAll(root, ".")} ended with ${code}: ${lastWords(stderr)}`),
              ),
        );
      });
    });

/** The time of the event, in milliseconds. */
export const eventOf = (run: CommandRun, event: string): E.Either<BenchError, number> => {
  const time = run.events[event];
  return time === undefined
    ? E.left(missing(`the line "trace ${event}"`, "the program has to write it when TADSR_TRACE is 1"))
    : E.right(time);
};
