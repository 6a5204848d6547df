/** The loss log of a run: one line for each step, one JSON object in each line. */
import { appendFile, readFile, rename, writeFile } from "node:fs/promises";

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
export const keepLogUpTo = async (file: string, step: number): Promise<void> => {
  const text = await readFile(file, "utf8").catch(() => "");
  if (text === "") return;
  const kept = text.split("\n").filter((line) => stepOf(line) <= step);
  await writeFile(`${file}.part`, kept.map((line) => `${line}\n`).join(""));
  await rename(`${file}.part`, file);
};
