/** The loss log of a run: one line for each step, one JSON object in each line. */
import { appendFile, readFile } from "node:fs/promises";
import { replaceFile } from "@tadsr/files";
import { type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";

export const appendLines = async (file: string, lines: readonly string[]): Promise<void> => {
  if (lines.length > 0) await appendFile(file, `${lines.join("\n")}\n`);
};

const stepOf = (line: string): number => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "step" in value ? Number(value.step) : Number.NaN;
  } catch {
    return Number.NaN; // a kill cut this line short
  }
};

/** Drops the log's lines after the checkpoint that a run resumes from, since those steps are taken again. */
export const keepLogUpTo =
  (file: string, step: number): TE.TaskEither<FileUnwritable, void> =>
  async () => {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text === "") return E.right(undefined);
    const kept = text.split("\n").filter((line) => stepOf(line) <= step);
    const bytes = new TextEncoder().encode(kept.map((line) => `${line}\n`).join(""));
    return replaceFile(file, (draft) =>
      TE.tryCatch(
        () => draft.write(bytes),
        (thrown) => fileUnwritable(file, thrown),
      ),
    )();
  };
