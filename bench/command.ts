/** The command line of the benchmark: the rows to run, their options, and what it prints. */
import { parseArgs } from "node:util";
import * as E from "fp-ts/lib/Either.js";
import { failedBy, sayError } from "./lib/bench-error.ts";
import { describeMachine } from "./lib/machine.ts";
import { plot } from "./lib/plot.ts";
import { report } from "./lib/report.ts";
import { resultOf, writeResult } from "./lib/result.ts";
import type { Request, Row } from "./lib/row.ts";
import { gatherVersions } from "./lib/versions.ts";

/** Where lines and results go. */
export interface Surface {
  readonly out: (line: string) => void;
  /** For progress and for errors. */
  readonly err: (line: string) => void;
  /** The folder of the results, unless `--out` gives another. */
  readonly results: string;
}

interface Asked extends Omit<Request, "progress"> {
  readonly rows: readonly Row[];
  readonly list: boolean;
  readonly out: string | null;
}

const USAGE =
  "bench [name ...] [--runtime onnx] [--rounds n] [--large] [--out folder] [--list]; see README.md";

const readRounds = (text: string | undefined): E.Either<string, number | null> => {
  if (text === undefined) return E.right(null);
  const rounds = Number(text);
  return Number.isSafeInteger(rounds) && rounds >= 1
    ? E.right(rounds)
    : E.left(`--rounds is ${text}; give a whole number from 1`);
};

const findRows = (rows: readonly Row[], names: readonly string[]): E.Either<string, readonly Row[]> => {
  if (names.length === 0) return E.right(rows);
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  return unknown === undefined
    ? E.right(rows.filter(({ name }) => names.includes(name)))
    : E.left(`there is no row ${unknown}; there are ${rows.map(({ name }) => name).join(", ")}`);
};

const read = (rows: readonly Row[], args: readonly string[]): E.Either<string, Asked> =>
  E.chain(
    ({ values, positionals }: ReturnType<typeof parse>): E.Either<string, Asked> =>
      E.chain((rounds: number | null) =>
        E.map(
          (found: readonly Row[]): Asked => ({
            rows: found,
            rounds,
            runtime: values.runtime,
            large: values.large,
            list: values.list,
            out: values.out ?? null,
          }),
        )(findRows(rows, positionals)),
      )(readRounds(values.rounds)),
  )(
    E.tryCatch(
      () => parse(args),
      (thrown) => `${String(thrown instanceof Error ? thrown.message : thrown).split(". ")[0]}. ${USAGE}`,
    ),
  );

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runtime: { type: "string", default: "onnx" },
      rounds: { type: "string" },
      large: { type: "boolean", default: false },
      out: { type: "string" },
      list: { type: "boolean", default: false },
    },
  });

/** Runs one row. Returns false if it failed. If something is missing, it says so, and this is no failure. */
const runRow = async (row: Row, asked: Asked, surface: Surface): Promise<boolean> => {
  const progress = (text: string): void => surface.err(`${row.name}: ${text}`);
  const request: Request = { ...asked, progress };
  const measured = await row
    .run(request)()
    .catch((thrown: unknown) => E.left(failedBy(thrown)));
  if (E.isLeft(measured)) {
    surface.err(`${row.name}: ${sayError(measured.left)}`);
    return measured.left._tag === "Missing";
  }
  const surroundings = {
    date: new Date(),
    runtime: asked.runtime,
    machine: describeMachine(),
    versions: gatherVersions(),
  };
  const result = resultOf(row, surroundings, measured.right);
  for (const line of report(result)) surface.out(line);
  const written = await writeResult(asked.out ?? surface.results, result, plot(result))();
  if (E.isLeft(written)) surface.err(`${row.name}: ${sayError(written.left)}`);
  surface.out("");
  return (
    E.isRight(written) &&
    measured.right.every((part) => part.kind !== "not run" || part.reason._tag === "Missing")
  );
};

/**
 * The process's exit code: 0, 1 if something failed, 2 if the command line is wrong. A goal that is not met is a
 * result, not a failure.
 */
export const runBench = async (
  rows: readonly Row[],
  args: readonly string[],
  surface: Surface,
): Promise<0 | 1 | 2> => {
  const asked = read(rows, args);
  if (E.isLeft(asked)) {
    surface.err(`bench: ${asked.left}`);
    return 2;
  }
  if (asked.right.list) {
    for (const { name, title } of asked.right.rows) surface.out(`${name}: ${title}`);
    return 0;
  }
  let sound = true;
  for (const row of asked.right.rows) sound = (await runRow(row, asked.right, surface)) && sound;
  return sound ? 0 : 1;
};
