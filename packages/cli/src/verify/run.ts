/** Prints what `verifyManifest` found. */
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ExitCode } from "../failure.ts";
import type { CommandTask } from "../perform.ts";
import { noteLine, printLine, resolveIn, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";
import { verifyManifest } from "./report.ts";
import type { Row, Verdict } from "./row.ts";

export interface VerifyOptions {
  readonly manifest: string;
}

const cells = ({ entry, check, verdict, error, tolerance, note }: Row): readonly string[] => [
  entry,
  check,
  verdict === "mismatch" ? "MISMATCH" : verdict,
  error === null ? "" : error === 0 ? "0" : error.toExponential(1),
  tolerance === null ? "" : tolerance === 0 ? "0" : tolerance.toExponential(0),
  note,
];

const HEADER = ["entry", "check", "verdict", "error", "tolerance", "note"] as const;

const ERRORS =
  "Errors are relative: of each element in schedules (times alpha_t / eta_t where alpha_t is a factor), " +
  "of the largest element in tensors.";

/** Prints every row and a count; 1 where anything differs, or where nothing could be compared. */
export const runVerify = (shell: Shell, { manifest }: VerifyOptions): CommandTask =>
  TE.map((rows: readonly Row[]): ExitCode => {
    const alignments = ["left", "left", "left", "right", "right", "left"] as const;
    for (const line of textTable([HEADER, ...rows.map(cells)], alignments)) printLine(shell, line);
    const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
    printLine(
      shell,
      `${count("ok")} ok, ${count("mismatch")} mismatched, ${count("not yet")} not yet, ${count("absent")} absent`,
    );
    printLine(shell, ERRORS);
    if (count("ok") + count("mismatch") === 0) {
      noteLine(shell, `manifest ${manifest}: nothing in it or beside it could be compared; check the folder`);
      return 1;
    }
    return count("mismatch") === 0 ? 0 : 1;
  })(verifyManifest(resolveIn(shell, manifest), manifest));
