/** Writes a row's result to files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFiles } from "@tadsr/files";
import { firstLine } from "@tadsr/model/file-reason";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type BenchError, failed } from "./bench-error.ts";
import type { Machine } from "./machine.ts";
import type { Measured } from "./measured.ts";
import type { Row } from "./row.ts";
import type { Versions } from "./versions.ts";

export const RESULT_FORMAT = "tadsr-bench-1";

export interface Result {
  readonly format: typeof RESULT_FORMAT;
  readonly name: string;
  readonly title: string;
  readonly measures: string;
  /** Year, month and day, in UTC. */
  readonly date: string;
  readonly runtime: string;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly measured: readonly Measured[];
}

export interface Surroundings {
  readonly date: Date;
  readonly runtime: string;
  readonly machine: Machine;
  readonly versions: Versions;
}

export const resultOf = (
  { name, title, measures }: Row,
  { date, runtime, machine, versions }: Surroundings,
  measured: readonly Measured[],
): Result => ({
  format: RESULT_FORMAT,
  name,
  title,
  measures,
  date: date.toISOString().slice(0, 10),
  runtime,
  machine,
  versions,
  measured,
});

/** Four significant digits are enough for a time. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

export const resultJson = (result: Result): string => `${JSON.stringify(result, rounded, 2)}\n`;

/** Writes `<name>.json` and `<name>.svg`, both or neither. */
export const writeResult = (
  folder: string,
  result: Result,
  plot: string,
): TE.TaskEither<BenchError, readonly string[]> => {
  const files = [join(folder, `${result.name}.json`), join(folder, `${result.name}.svg`)] as const;
  const unwritten = (why: string): BenchError => failed(`the result cannot be written: ${why}`);
  const written = pipe(
    TE.tryCatch(() => mkdir(folder, { recursive: true }), firstLine),
    TE.chain(() =>
      TE.mapLeft((error: string | { readonly message: string }) =>
        typeof error === "string" ? error : error.message,
      )(
        replaceFiles(files, { replace: true })(([json, svg]) =>
          TE.tryCatch(async () => {
            await writeFile(json, resultJson(result));
            await writeFile(svg, plot);
          }, firstLine),
        ),
      ),
    ),
  );
  return TE.bimap(unwritten, () => files)(written);
};
