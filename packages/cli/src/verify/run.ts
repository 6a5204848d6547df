/** Prints the result of `tadsr verify`, and gives its exit code. */
import { type Row, type Summary, summaryOf, type VerifyError, verifyManifest } from "@tadsr/verify";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type ExitCode, usageFailure } from "../failure.ts";
import { openRuntime } from "../open-runtime.ts";
import type { CommandTask } from "../perform.ts";
import { noteLine, printLine, resolveIn, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";
import { engineOf, type VerifyOptions } from "./options.ts";

const shownError = (error: number): string => (error === 0 ? "0" : error.toExponential(1));

const cells = ({ entry, check, verdict, error, tolerance, note }: Row): readonly string[] => [
  entry,
  check,
  verdict === "mismatch" ? "MISMATCH" : verdict,
  error === null ? "" : shownError(error),
  tolerance === null ? "" : tolerance === 0 ? "0" : tolerance.toExponential(0),
  note,
];

const HEADER = ["entry", "check", "verdict", "error", "tolerance", "note"] as const;

const ERRORS =
  "Errors are relative: of each element in schedules (times alpha_t / eta_t where alpha_t is a factor) and in " +
  "rounded weights, of the largest element in tensors.";

const named = (row: Row | null): string =>
  row === null ? "none" : `${shownError(row.error ?? 0)} (${row.entry}, ${row.check})`;

/** The largest errors: of float32 weights, and of weights in 16 bits. */
const largestLine = (engine: string, { largest, largestRounded }: Summary): string => {
  const beside = largestRounded === null ? "" : `; of weights in 16 bits ${named(largestRounded)}`;
  return `Largest error on ${engine}: ${named(largest)}${beside}.`;
};

/** On a terminal: shows the current entry, because some engines need minutes for one. */
const watchOn =
  ({ stderr }: Shell) =>
  (doing: string, done: number, total: number): void => {
    if (stderr.isTTY === true) stderr.write(`\r\u001b[2K${done + 1} of ${total}: ${doing}`);
  };

const wipe = ({ stderr }: Shell): void => {
  if (stderr.isTTY === true) stderr.write("\r\u001b[2K");
};

const print = (shell: Shell, manifest: string, engine: string, rows: readonly Row[]): ExitCode => {
  const alignments = ["left", "left", "left", "right", "right", "left"] as const;
  for (const line of textTable([HEADER, ...rows.map(cells)], alignments)) printLine(shell, line);
  const summary = summaryOf(rows);
  const { ok, mismatch, "not run": notRun, absent } = summary.counts;
  printLine(shell, `${ok} ok, ${mismatch} mismatched, ${notRun} not run, ${absent} absent`);
  printLine(shell, ERRORS);
  printLine(shell, largestLine(engine, summary));
  if (ok + mismatch === 0) {
    noteLine(shell, `manifest ${manifest}: nothing in it or beside it could be compared; check the folder`);
    return 1;
  }
  return mismatch === 0 ? 0 : 1;
};

/**
 * Prints every row and a count. The exit code is 1 if anything differs, or if nothing could be compared. Without a
 * manifest there is nothing to verify, so a missing or broken one is a usage error.
 */
export const runVerify = (shell: Shell, { manifest, engine: typed }: VerifyOptions): CommandTask => {
  const name = engineOf(typed);
  if (E.isLeft(name)) return TE.left(usageFailure(name.left));
  const path = resolveIn(shell, manifest);
  return TE.bracket(
    openRuntime(name.right),
    (engine) =>
      TE.bimap(
        ({ message }: VerifyError) => usageFailure(message.replaceAll(path, manifest)),
        (rows: readonly Row[]) => {
          wipe(shell);
          return print(shell, manifest, engine.name, rows);
        },
      )(verifyManifest(path, engine, { onProgress: watchOn(shell) })),
    (engine) => TE.fromTask(() => engine.close()),
  );
};
