/** Prints the result of an evaluation: the table or JSON, and what was left out. */
import { type LeftOut, type Report, reportHeading, reportRows } from "@tadsr/metrics";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import { type Failure, usageFailure } from "../failure.ts";
import { noteLine, printLine, type Shell } from "../shell.ts";
import { textTable } from "../table.ts";

const MOST_TOLD = 5;

export const tellLeftOut = (shell: Shell, leftOut: readonly LeftOut[]): void => {
  for (const { of, name, reason } of leftOut.slice(0, MOST_TOLD))
    noteLine(shell, `${of}: ${name} left out: ${reason}`);
  const more = leftOut.length - MOST_TOLD;
  if (more > 0) noteLine(shell, `and ${more} more left out; --json and -o list all`);
};

export const printReport = (shell: Shell, report: Report, isJson: boolean): E.Either<Failure, void> => {
  if (isJson) {
    printLine(shell, JSON.stringify(report));
    return E.right(undefined);
  }
  return pipe(
    reportRows(report),
    E.bimap(
      ({ message }): Failure => usageFailure(message),
      ({ header, rows }) => {
        printLine(shell, reportHeading(report));
        const alignments = header.map((_, column) => (column === 0 ? "left" : "right"));
        for (const line of textTable([header, ...rows], alignments)) printLine(shell, line);
        for (const note of report.notes) printLine(shell, note);
      },
    ),
  );
};
