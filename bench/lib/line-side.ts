/**
 * A side that is a program in any language. It prints {"ready": ...} when it may begin, does the work once for every
 * line that it reads, and answers with one line {"milliseconds": ...}, which may also have the part spent on gradients.
 * It ends when its input ends.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { Side } from "./alternate.ts";
import { type BenchError, failed } from "./bench-error.ts";
import { root } from "./places.ts";

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface LineSide extends Side {
  /** What the program says about itself. */
  readonly ready: string;
  /** For each run so far that reported it: the share of its time that the gradients took. */
  readonly gradientShares: () => readonly number[];
  readonly close: () => void;
}

interface Answer {
  readonly ready?: string;
  readonly milliseconds?: number;
  readonly gradients?: number;
}

/** The lines that the program prints, one for each call; null after the last. */
const answersOf = (child: ChildProcessWithoutNullStreams): (() => Promise<Answer | null>) => {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    return done === true ? null : (JSON.parse(value) as Answer);
  };
};

export const openLineSide =
  ({ name, command, args }: Program): TE.TaskEither<BenchError, LineSide> =>
  async () => {
    const child = spawn(command, [...args], { cwd: root });
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words += text;
    });
    // A write fails if the program is gone. The end of its answers reports that.
    child.stdin.on("error", () => undefined);
    const gone = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code) => resolve(words.trim().split("\n").at(-1) || `it ended with ${code}`));
    });
    const answer = answersOf(child);
    const first = await Promise.race([answer(), gone]);
    if (first === null || typeof first === "string")
      return E.left(failed(`${name}: ${first ?? (await gone)}`));
    const shares: number[] = [];
    return E.right({
      name,
      ready: first.ready ?? "",
      gradientShares: () => shares,
      run: async () => {
        child.stdin.write("\n");
        const answered = await Promise.race([answer(), gone]);
        if (answered === null || typeof answered === "string" || answered.milliseconds === undefined)
          throw new Error(`${name}: ${typeof answered === "string" ? answered : await gone}`);
        const { milliseconds, gradients } = answered;
        if (gradients !== undefined) shares.push(gradients / milliseconds);
        return milliseconds;
      },
      close: () => {
        child.stdin.end();
      },
    });
  };
