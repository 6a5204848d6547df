/** Prints a row's result. */
import { sayError } from "./bench-error.ts";
import type { Comparison } from "./comparison.ts";
import { sayGoal, type Verdict } from "./goal.ts";
import { sayMachine } from "./machine.ts";
import { type Figure, fittedPoints, type Growth, type Measured } from "./measured.ts";
import type { Result } from "./result.ts";

/** Three significant digits, without an exponent. */
const short = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(3)));

const percent = (part: number): string => `${Math.round(100 * part)} %`;

/** Rows of cells below each other. All columns except the first are aligned at the right. */
const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
};

const HEADER = [
  "ours / theirs",
  "median",
  "least",
  "spread",
  "of minima",
  "ours, ms: least",
  "median",
  "theirs, ms: least",
  "median",
  "rounds",
  "goal",
  "",
];

const goalCells = (goal: Figure["goal"], verdict: Verdict): readonly string[] =>
  goal === null ? ["", verdict] : [sayGoal(goal), verdict];

const comparisonCells = ({ name, ours, theirs, ratio, goal, verdict }: Comparison): readonly string[] => [
  name,
  short(ratio.median),
  short(ratio.minimum),
  percent(ratio.spread),
  short(ratio.ofMinima),
  short(ours.minimum),
  short(ours.median),
  short(theirs.minimum),
  short(theirs.median),
  String(ratio.count),
  ...goalCells(goal, verdict),
];

const figureLine = ({ name, value, unit, goal, verdict }: Figure): string =>
  `${name}: ${`${short(value)} ${unit}`.trim()}; ${goalCells(goal, verdict)
    .filter((cell) => cell !== "")
    .join(", ")}`;

const growthLine = (growth: Growth): string => {
  const { name, xName, xUnit, yName, yUnit, points, line } = growth;
  return (
    `${name}: ${yName} = ${short(line.intercept)} ${yUnit} + ${short(line.slope)} ${yUnit} per ${xUnit} of ${xName}, ` +
    `R^2 ${line.explained.toFixed(4)}, fitted to ${fittedPoints(growth).length} of ${points.length} points`
  );
};

const pointRows = ({ xName, xUnit, yName, yUnit, points }: Growth): readonly string[] =>
  columns([
    [`${xName}, ${xUnit}`, `${yName}, ${yUnit}`],
    ...points.map(({ x, y }) => [short(x), short(y)]),
  ]).map((line) => `  ${line}`);

const otherLines = (measured: Measured): readonly string[] => {
  switch (measured.kind) {
    case "comparison":
      return [];
    case "figure":
      return [figureLine(measured)];
    case "growth":
      return [growthLine(measured), ...pointRows(measured)];
    case "not run":
      return [`${measured.name}: ${sayError(measured.reason)}`];
  }
};

/** Lines to print. */
export const report = ({ name, title, measures, date, runtime, machine, versions, measured }: Result) => {
  const comparisons = measured.filter((part): part is Comparison => part.kind === "comparison");
  return [
    `${name}: ${title}`,
    measures,
    ...(comparisons.length === 0 ? [] : columns([HEADER, ...comparisons.map(comparisonCells)])),
    ...measured.flatMap(otherLines),
    `${date}, runtime ${runtime}; ${sayMachine(machine)}`,
    Object.entries(versions)
      .map(([what, version]) => `${what} ${version}`)
      .join(", "),
  ];
};
