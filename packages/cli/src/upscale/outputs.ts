/** Where each picture goes, decided and checked before any work is done. */
import { stat } from "node:fs/promises";
import { basename, dirname, extname, join, parse, sep } from "node:path";
import type { PictureFormat } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, outputFailure, usageFailure } from "../failure.ts";
import { objectionTo } from "../safe-file.ts";
import { displayPath, resolveIn, type Shell, STREAM } from "../shell.ts";
import { formatOf } from "./format.ts";
import { type Inputs, OUTPUT_SUFFIX, type Refused } from "./inputs.ts";

export interface Job {
  /** Absolute, or `-`. */
  readonly input: string;
  /** Absolute, or `-`. */
  readonly output: string;
  readonly format: PictureFormat;
}

/** What `-o` means: a file, a folder, standard output, or nothing said. */
export type Destination =
  | { readonly _tag: "Beside" }
  | { readonly _tag: "Stream" }
  | { readonly _tag: "File"; readonly path: string; readonly format: PictureFormat }
  | { readonly _tag: "Folder"; readonly path: string };

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
};

/**
 * A folder where `-o` is an existing folder, ends in a slash, or more than one picture may come; a
 * file otherwise.
 */
export const destinationOf = async (
  shell: Shell,
  option: string | undefined,
  { paths, isSingle }: Pick<Inputs, "paths" | "isSingle">,
): Promise<E.Either<Failure, Destination>> => {
  if (paths.includes(STREAM) && paths.length > 1) {
    return E.left(usageFailure("- (standard input) cannot be mixed with other pictures; run it by itself"));
  }
  const toStream = option === STREAM || (option === undefined && paths[0] === STREAM);
  if (toStream) {
    if (paths.length > 1) {
      return E.left(usageFailure(`-o - takes one picture and ${paths.length} were given; name a folder`));
    }
    return shell.stdout.isTTY === true
      ? E.left(
          usageFailure(
            "the picture would go to the terminal; redirect standard output or name a file with -o",
          ),
        )
      : E.right({ _tag: "Stream" });
  }
  if (option === undefined) return E.right({ _tag: "Beside" });
  const path = resolveIn(shell, option);
  if (option.endsWith("/") || option.endsWith(sep) || (await isFolder(path))) {
    return E.right({ _tag: "Folder", path });
  }
  if (isSingle)
    return E.map((format: PictureFormat) => ({ _tag: "File" as const, path, format }))(formatOf(option));
  return extname(option) === "" || paths.length === 0
    ? E.right({ _tag: "Folder", path })
    : E.left(
        usageFailure(`-o ${option} names one file, and a folder, pattern or list was given; name a folder`),
      );
};

const outputOf = (input: string, destination: Destination, suffix: string): Job => {
  const name = input === STREAM ? `standard-input${suffix}.png` : `${parse(input).name}${suffix}.png`;
  switch (destination._tag) {
    case "Stream":
      return { input, output: STREAM, format: "png" };
    case "File":
      return { input, output: destination.path, format: destination.format };
    case "Folder":
      return { input, output: join(destination.path, name), format: "png" };
    case "Beside":
      return { input, output: join(dirname(input), name), format: "png" };
  }
};

/** Whether both are one file: by name, or by a link. */
const isSameFile = async (input: string, output: string): Promise<boolean> => {
  if (input === output) return true;
  try {
    const [a, b] = await Promise.all([stat(input, { bigint: true }), stat(output, { bigint: true })]);
    return a.ino !== 0n && a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
};

/** Why the output's place will not do; null where it will. */
const objection = async (shell: Shell, { input, output }: Job, force: boolean): Promise<Failure | null> => {
  if (output === STREAM) return null;
  if (input !== STREAM && (await isSameFile(input, output))) {
    const shown = displayPath(shell, output);
    return outputFailure(`${shown}: the output would replace the picture itself; name another with -o`);
  }
  return objectionTo(shell, output, force);
};

export interface Plan {
  readonly jobs: readonly Job[];
  readonly refused: readonly Refused[];
}

/** One job for each picture whose output may be written, and what stands in the others' way. */
export const planOutputs = async (
  shell: Shell,
  inputs: readonly string[],
  destination: Destination,
  force: boolean,
  suffix: string = OUTPUT_SUFFIX,
): Promise<Plan> => {
  const jobs: Job[] = [];
  const refused: Refused[] = [];
  const takenBy = new Map<string, string>();
  for (const input of inputs) {
    const job = outputOf(input, destination, suffix);
    const other = job.output === STREAM ? undefined : takenBy.get(job.output);
    const clash =
      other === undefined
        ? null
        : outputFailure(
            `${displayPath(shell, input)}: its output ${basename(job.output)} is also that of ` +
              `${displayPath(shell, other)}; upscale it by itself with -o`,
          );
    const failure = clash ?? (await objection(shell, job, force));
    if (failure === null) {
      jobs.push(job);
      takenBy.set(job.output, input);
    } else {
      refused.push({ named: displayPath(shell, input), failure });
    }
  }
  return { jobs, refused };
};

/** What tells a file from others: where it lies on its device, or its path where there is no such file. */
const identity = async (path: string): Promise<string> => {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return ino === 0n ? path : `${dev}:${ino}`;
  } catch {
    return path;
  }
};

/** The jobs whose picture is the output of one before them: it is to be read when that has been written. */
export const readersOfOutputs = async (jobs: readonly Job[]): Promise<ReadonlySet<Job>> => {
  const files = await Promise.all(
    jobs.map(async ({ input, output }) => [await identity(input), await identity(output)] as const),
  );
  const written = new Set<string>();
  const readers = new Set<Job>();
  for (const [place, job] of jobs.entries()) {
    const [input = "", output = ""] = files[place] ?? [];
    if (written.has(input)) readers.add(job);
    written.add(output);
  }
  return readers;
};
