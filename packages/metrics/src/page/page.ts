/** A report as one HTML page that needs no other file and no network. */
import type { LeftOut, Report } from "../report.ts";
import { wholeTable } from "../table.ts";
import { comparison, type PagePicture, pictureId } from "./comparison.ts";
import { html, type Markup, nothing, raw } from "./markup.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { pictureTables, summaryTable } from "./tables.ts";

/** The browser fetches nothing, whatever names or pictures contain. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** A longer list is folded at first. */
const SHOWN_LEFT_OUT = 8;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What was measured, in the order in which a reader asks. */
const facts = (report: Report): readonly (readonly [string, string])[] => {
  const { originals, count, degradation, scale, seeds, crop, border } = report;
  return [
    ["Originals", `${originals}, ${counted(count, "picture")}`],
    ["Degradation", degradation ?? "none, folders were compared"],
    ...(scale === null ? [] : ([["Scale", `${scale}`]] as const)),
    ...(seeds.length === 0 ? [] : ([[seeds.length === 1 ? "Seed" : "Seeds", seeds.join(", ")]] as const)),
    ["Measured", crop === null ? "whole pictures" : `the middle ${crop}×${crop} of each picture`],
    ["Border that is not compared", border === 0 ? "none" : counted(border, "pixel")],
    ["Written by", report.by],
  ];
};

const leftOutList = (leftOut: readonly LeftOut[]): Markup => {
  if (leftOut.length === 0) return nothing;
  return html`<details${leftOut.length <= SHOWN_LEFT_OUT ? html` open` : nothing}><summary>Not measured: ${leftOut.length}</summary>
<ul class="notes">
${leftOut.map(
  ({ of, name, reason }) => html`<li>${of}, ${name}: ${reason}</li>
`,
)}</ul>
</details>
`;
};

const notesList = (notes: readonly string[]): Markup =>
  notes.length === 0
    ? nothing
    : html`<ul class="notes">
${notes.map(
  (note) => html`<li>${note}</li>
`,
)}</ul>
`;

/**
 * The whole page: what was measured, the summary, each picture's values, and the pictures to compare, which are
 * given as data: URIs. All texts are escaped, so they may contain anything.
 */
export const reportPage = (report: Report, pictures: readonly PagePicture[]): string => {
  const title = `${report.originals}${report.scale === null ? "" : `, ${report.scale} times larger`}`;
  const shown = pictures.filter(({ cells }) => cells.length > 0);
  const ids = new Map(shown.map(({ name, seed }, i) => [JSON.stringify([name, seed]), pictureId(i)]));
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<dl class="facts">
${facts(report).map(
  ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>
${notesList(report.notes)}${leftOutList(report.leftOut)}<section aria-labelledby="summary">
<h2 id="summary">Summary</h2>
${summaryTable(wholeTable(report))}
</section>
${pictureTables(report, ({ name, seed }) => ids.get(JSON.stringify([name, seed])))}${comparison(shown)}</main>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`.markup;
};
