/** The page's tables: the summary, and each picture's values by metric. */
import type { MetricDescription } from "../metric.ts";
import type { MethodReport, PictureResult, Report } from "../report.ts";
import { decodeValue } from "../summary.ts";
import { headingOf, type ReportTable, shownNumber, type TableCell, type TableColumn } from "../table.ts";
import { labelOf } from "./comparison.ts";
import { html, type Markup, nothing } from "./markup.ts";

const BETTER = { higher: "higher is better", lower: "lower is better" } as const;

const columnHead = (column: TableColumn): Markup =>
  column.better === null
    ? html`<th scope="col" title="${column.about}">${column.title}</th>`
    : html`<th scope="col" title="${column.about}" data-better="${column.better}">${headingOf(column)}<span class="only-read"> (${BETTER[column.better]})</span></th>`;

/** An empty data-value means no value, and is sorted last. */
const cell = ({ value, text, best }: TableCell): Markup =>
  html`<td data-value="${value ?? ""}"${best ? html` class="best"` : nothing}>${text}</td>`;

/** A table that scrolls by itself on a narrow screen, also by keyboard. */
const scrolling = (label: string, table: Markup): Markup =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;

const definition = ({ title, better, about }: TableColumn): Markup =>
  html`<dt>${title}:</dt> <dd>${about}${better === null ? "" : ` ${better === "higher" ? "Higher" : "Lower"} is better.`}</dd>
`;

export const summaryTable = ({ columns, rows }: ReportTable): Markup => html`${scrolling(
  "Summary",
  html`<table class="sortable">
<thead><tr><th scope="col">method</th>${columns.map(columnHead)}</tr></thead>
<tbody>
${rows.map(
  ({
    method,
    cells,
  }) => html`<tr class="${method.kind}"><th scope="row">${method.name}<small>${method.detail}</small></th>${cells.map(cell)}</tr>
`,
)}</tbody>
</table>`,
)}
<dl class="about">
${columns.map(definition)}</dl>`;

/** A measured picture: one row for each of its seeds, or one row without a seed. */
interface Row {
  readonly name: string;
  readonly seed: number | null;
}

const rowsOf = (methods: readonly MethodReport[]): readonly Row[] => {
  const seedsOf = new Map<string, Set<number>>();
  for (const { name, seed } of methods.flatMap(({ pictures }) => pictures)) {
    const seeds = seedsOf.get(name) ?? new Set();
    seedsOf.set(name, seeds);
    if (seed !== null) seeds.add(seed);
  }
  return [...seedsOf].flatMap(([name, seeds]): readonly Row[] =>
    seeds.size === 0 ? [{ name, seed: null }] : [...seeds].map((seed) => ({ name, seed })),
  );
};

/** By name, then by seed. Pictures without a seed are the same for all seeds. */
type Found = ReadonlyMap<string, ReadonlyMap<number | null, PictureResult>>;

const byNameAndSeed = (pictures: readonly PictureResult[]): Found => {
  const found = new Map<string, Map<number | null, PictureResult>>();
  for (const picture of pictures) {
    const seeds = found.get(picture.name) ?? new Map<number | null, PictureResult>();
    found.set(picture.name, seeds.set(picture.seed, picture));
  }
  return found;
};

const valueIn = (found: Found, { name, seed }: Row, metric: string): number | null => {
  const seeds = found.get(name);
  const values = (seeds?.get(seed) ?? seeds?.get(null))?.values ?? {};
  const value = Object.hasOwn(values, metric) ? values[metric] : undefined;
  return value === undefined ? null : decodeValue(value);
};

/** Marks the best value of a picture, not counting the originals. */
const cellsOf = (
  { better, digits }: MetricDescription,
  methods: readonly MethodReport[],
  values: readonly (number | null)[],
): readonly TableCell[] => {
  const compared = values
    .filter((value, i) => value !== null && methods[i]?.kind !== "originals")
    .map(Number);
  const best =
    compared.length < 2 ? null : better === "higher" ? Math.max(...compared) : Math.min(...compared);
  return values.map((value, i) => {
    if (value === null) return { value, text: "–", best: false };
    const text = shownNumber(value, digits);
    const isBest = best !== null && methods[i]?.kind !== "originals" && text === shownNumber(best, digits);
    return { value, text, best: isBest };
  });
};

const pictureTable = (
  metric: MetricDescription,
  report: Report,
  idOf: (row: Row) => string | undefined,
): Markup => {
  const methods = report.methods.filter(({ summary }) => Object.hasOwn(summary, metric.name));
  const found = methods.map(({ pictures }) => byNameAndSeed(pictures));
  const head = ({ name }: MethodReport): Markup =>
    html`<th scope="col" data-better="${metric.better}">${name}</th>`;
  const row = (each: Row): Markup => {
    const id = idOf(each);
    const label = labelOf(each);
    const cells = cellsOf(
      metric,
      methods,
      found.map((pictures) => valueIn(pictures, each, metric.name)),
    );
    return html`<tr><th scope="row">${id === undefined ? label : html`<a href="#${id}">${label}</a>`}</th>${cells.map(cell)}</tr>
`;
  };
  const table = html`<table class="sortable">
<thead><tr><th scope="col">picture</th>${methods.map(head)}</tr></thead>
<tbody>
${rowsOf(methods).map(row)}</tbody>
</table>`;
  return html`<details><summary>${metric.title} of each picture</summary>
${scrolling(`${metric.title} of each picture`, table)}
</details>
`;
};

/** A table for each metric, closed at first. `idOf` gives the place where a picture is shown. */
export const pictureTables = (report: Report, idOf: (row: Row) => string | undefined): Markup => {
  const measured = report.metrics.filter(({ name }) =>
    report.methods.some(({ summary }) => Object.hasOwn(summary, name)),
  );
  if (measured.length === 0) return nothing;
  return html`<section aria-labelledby="each">
<h2 id="each">Each picture</h2>
${measured.map((metric) => pictureTable(metric, report, idOf))}</section>
`;
};
