/** A report as a table: as numbers with their text, as rows of text, and as Markdown. */
import * as E from "fp-ts/lib/Either.js";
import type { MetricDescription } from "./metric.ts";
import type { ReportError } from "./read-report.ts";
import type { MethodReport, Report } from "./report.ts";
import { decodeValue } from "./summary.ts";

/** Which columns and methods, in this order; if left out, all that the report has. */
export interface TableChoice {
  /** Names of metrics, and "seconds" and "parameters". */
  readonly columns?: readonly string[];
  readonly methods?: readonly string[];
}

export interface TableColumn {
  /** A metric's name, "seconds" or "parameters". */
  readonly name: string;
  /** With its unit. */
  readonly title: string;
  /** Only for a metric. */
  readonly better: MetricDescription["better"] | null;
  /** One sentence. */
  readonly about: string;
}

export interface TableCell {
  /** The number that rows are sorted by; null if the method has no value. */
  readonly value: number | null;
  readonly text: string;
  /** Whether no other method (not counting the originals) is better, as far as the shown decimals tell. */
  readonly best: boolean;
}

export interface ReportTable {
  readonly columns: readonly TableColumn[];
  /** One cell for each column. */
  readonly rows: readonly { readonly method: MethodReport; readonly cells: readonly TableCell[] }[];
}

const MISSING = "–";
const ARROWS = { higher: "↑", lower: "↓" } as const;

/** The title, and an arrow in the direction of better numbers. */
export const headingOf = ({ title, better }: TableColumn): string =>
  better === null ? title : `${title} ${ARROWS[better]}`;

/** A number with this many decimals, or the sign of infinity. */
export const shownNumber = (value: number, digits: number): string => {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
};

/** Three significant figures if there are fewer before the point. */
const shownSeconds = (seconds: number): string =>
  seconds.toFixed(seconds < 1 ? 3 : seconds < 10 ? 2 : seconds < 100 ? 1 : 0);

/** Digits in groups of three. */
const shownCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

interface Column extends TableColumn {
  readonly cell: (method: MethodReport) => Omit<TableCell, "best">;
}

const cellOf = (value: number | null, shown: (value: number) => string): Omit<TableCell, "best"> => ({
  value,
  text: value === null ? MISSING : shown(value),
});

const metricColumn = ({ name, title, unit, better, digits, about }: MetricDescription): Column => ({
  name,
  title: unit === "" ? title : `${title}, ${unit}`,
  better,
  about,
  cell: ({ summary }) => {
    const found = Object.hasOwn(summary, name) ? summary[name] : undefined;
    if (found === undefined) return cellOf(null, String);
    const { mean, deviation } = found;
    const spread = deviation === null ? "" : ` ± ${shownNumber(deviation, digits)}`;
    return cellOf(decodeValue(mean), (value) => `${shownNumber(value, digits)}${spread}`);
  },
});

const seconds: Column = {
  name: "seconds",
  title: "seconds",
  better: null,
  about: "The method's mean time for a picture, from the small picture to the large one.",
  cell: (method) => cellOf(method.seconds, shownSeconds),
};

const parameters: Column = {
  name: "parameters",
  title: "parameters",
  better: null,
  about: "The number of weights in the method's networks.",
  cell: (method) => cellOf(method.parameters, shownCount),
};

/** The text without the standard deviation, so that equal means count as equally good. */
const shownMean = ({ text }: Omit<TableCell, "best">): string => text.split(" ", 1)[0] ?? "";

/** The text of the best mean; null if fewer than two methods can be compared. */
const bestText = ({ better, cell }: Column, methods: readonly MethodReport[]): string | null => {
  if (better === null) return null;
  const cells = methods.filter(({ kind }) => kind !== "originals").map(cell);
  const measured = cells.filter(({ value }) => value !== null);
  if (measured.length < 2) return null;
  const sign = better === "higher" ? 1 : -1;
  const best = measured.reduce((a, b) => (sign * Number(b.value) > sign * Number(a.value) ? b : a));
  return shownMean(best);
};

const tableOf = (columns: readonly Column[], methods: readonly MethodReport[]): ReportTable => {
  const best = columns.map((column) => bestText(column, methods));
  return {
    columns: columns.map(({ name, title, better, about }) => ({ name, title, better, about })),
    rows: methods.map((method) => ({
      method,
      cells: columns.map((column, i) => {
        const cell = column.cell(method);
        return { ...cell, best: method.kind !== "originals" && shownMean(cell) === best[i] };
      }),
    })),
  };
};

/** The metrics; also seconds and parameters, if a method has them. */
const defaultColumns = ({ metrics, methods }: Report): readonly Column[] => [
  ...metrics.map(metricColumn),
  ...[seconds, parameters].filter(({ cell }) => methods.some((method) => cell(method).value !== null)),
];

/** Every column that the report has. */
export const wholeTable = (report: Report): ReportTable => tableOf(defaultColumns(report), report.methods);

/** Those of `all` with the given names, in the order of `names`; all if no names are given. */
const chosen = <A extends { readonly name: string }>(
  what: string,
  all: readonly A[],
  names: readonly string[] | undefined,
): E.Either<ReportError, readonly A[]> => {
  const found: A[] = [];
  for (const name of names ?? []) {
    const one = all.find((each) => each.name === name);
    if (one === undefined) {
      const known = all.map((each) => JSON.stringify(each.name)).join(", ");
      return E.left({
        _tag: "NotInReport",
        message: `the report has no ${what} ${JSON.stringify(name)}; it has ${known || "none"}`,
      });
    }
    found.push(one);
  }
  return E.right(names === undefined ? all : found);
};

/** The chosen columns and methods, or an error with the name that the report lacks. */
export const reportTable = (report: Report, choice: TableChoice = {}): E.Either<ReportError, ReportTable> => {
  const known = [...report.metrics.map(metricColumn), seconds, parameters];
  const methods = chosen("method", report.methods, choice.methods);
  if (E.isLeft(methods)) return methods;
  if (choice.columns === undefined) return E.right(tableOf(defaultColumns(report), methods.right));
  return E.map((columns: readonly Column[]) => tableOf(columns, methods.right))(
    chosen("column", known, choice.columns),
  );
};

export interface ReportRows {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The method's name, then the columns, as plain text. The first column is left-aligned, the others right-aligned. */
export const reportRows = (report: Report, choice: TableChoice = {}): E.Either<ReportError, ReportRows> =>
  E.map(({ columns, rows }: ReportTable) => ({
    header: ["method", ...columns.map(headingOf)],
    rows: rows.map(({ method, cells }) => [method.name, ...cells.map(({ text }) => text)]),
  }))(reportTable(report, choice));

/** Text that Markdown, and the HTML in it, show unchanged, on one line. */
const escapeMarkdown = (text: string): string =>
  text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>|#~&!$]/g, "\\$&");

const markdownRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A table in GitHub's Markdown, without a newline at its end. The best value of each metric's column is bold. */
export const markdownTable = (report: Report, choice: TableChoice = {}): E.Either<ReportError, string> =>
  E.map(({ columns, rows }: ReportTable) =>
    [
      markdownRow(["method", ...columns.map((column) => escapeMarkdown(headingOf(column)))]),
      markdownRow(["---", ...columns.map(() => "---:")]),
      ...rows.map(({ method, cells }) =>
        markdownRow([
          escapeMarkdown(method.name),
          ...cells.map(({ text, best }) => (best ? `**${text}**` : text)),
        ]),
      ),
    ].join("\n"),
  )(reportTable(report, choice));
