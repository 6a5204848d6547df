/** Examines a runtime in a process of its own, so that a crash of native code ends only that. */
import { spawn } from "node:child_process";
import { type Examined, failed, isExamined } from "./examined.ts";

export interface ApartOptions {
  /** Node's arguments for a program that prints what `examineRuntime` found as JSON, on its last line. */
  readonly program: (name: string) => readonly string[];
  /** After so many seconds the process is killed. */
  readonly seconds?: number;
  /** Kills the process when it is aborted. */
  readonly signal?: AbortSignal;
}

const lastLine = (text: string): unknown => {
  try {
    return JSON.parse(text.trim().split("\n").at(-1) ?? "");
  } catch {
    return null;
  }
};

/** What happened to a process that did not say what it found. */
const endOf = (
  code: number | null,
  signal: NodeJS.Signals | null,
  isLate: boolean,
  seconds: number,
): string => {
  if (isLate) return `it did not answer within ${seconds} s`;
  return signal === null ? `its process ended with exit code ${code}` : `its process crashed (${signal})`;
};

/** Never rejects. The process keeps no optimised models, since nobody would use those of the measurement. */
export const examineApart =
  ({ program, seconds = 60, signal }: ApartOptions) =>
  (name: string): Promise<Examined> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [...program(name)], {
        env: { ...process.env, TADSR_CACHE: "" },
        stdio: ["ignore", "pipe", "ignore"],
        killSignal: "SIGKILL",
        ...(signal === undefined ? {} : { signal }),
      });
      let text = "";
      let isLate = false;
      const late = setTimeout(() => {
        isLate = true;
        child.kill("SIGKILL");
      }, seconds * 1000);
      child.stdout.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      child.on("error", ({ message }) => {
        clearTimeout(late);
        resolve(failed(name, `its process cannot be started (${message})`));
      });
      child.on("close", (code, ended) => {
        clearTimeout(late);
        const found = lastLine(text);
        resolve(isExamined(found, name) ? found : failed(name, endOf(code, ended, isLate, seconds)));
      });
    });
