/** Writes a row's result to files. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

/** Writes `<name>.json` and `<name>.svg`, each completely or not at all. */
export const writeResult = (
  folder: string,
  result: Result,
  plot: string,
): TE.TaskEither<BenchError, readonly string[]> =>
  TE.tryCatch(
    async () => {
      mkdirSync(folder, { recursive: true });
      const files = [
        [`${result.name}.json`, resultJson(result)],
        [`${result.name}.svg`, plot],
      ] as const;
      return files.map(([name, text]) => {
        const path = join(folder, name);
        writeFileSync(`${path}.part`, text);
        renameSync(`${path}.part`, path);
        return path;
      });
    },
    (thrown) => failed(`the result cannot be written: ${thrown instanceof Error ? thrown.message : thrown}`),
  );
