#!/usr/bin/env node
/**
 * Fills the tables of the documents from the reports that `tadsr evaluate` wrote. A block in Markdown is
 *
 *     <!-- table: docs/measurements/set14.json methods="bicubic, small-x4" columns="psnr, ssim" -->
 *     <!-- /table -->
 *
 * The two lines stand alone. The report's path is from the repository's root. Without methods or columns, all are
 * taken.
 *
 *     node --import tsx tools/docs-tables.mjs [--check] [folder of the repository; by default this one]
 *
 * With --check nothing is written, and a table that differs from its report is a fault.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decodeReport } from "../packages/metrics/src/read-report.ts";
import { markdownTable } from "../packages/metrics/src/table.ts";

const words = process.argv.slice(2);
const checking = words.includes("--check");
const root = resolve(words.find((word) => word !== "--check") ?? join(import.meta.dirname, ".."));

const namesIn = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder))
        .sort()
        .map((name) => `${folder}/${name}`)
    : [];

/** Documents that may have tables, as paths from the root. */
const documents = [
  "README.md",
  ...namesIn("packages").map((folder) => `${folder}/README.md`),
  ...namesIn("packages/model/models").map((folder) => `${folder}/MODEL_CARD.md`),
  ...namesIn("docs").filter((name) => name.endsWith(".md")),
].filter((path) => existsSync(join(root, path)));

const OPENING = /^<!-- table: (\S+)((?: (?:methods|columns)="[^"]*")*) -->$/;
const CLOSING = "<!-- /table -->";

const wrong = (fault) => ({ fault });

/** The report in a file, or why it cannot be read. */
const readReport = (path) => {
  const file = join(root, path);
  if (!existsSync(file)) return wrong(`${path} does not exist`);
  let parsed;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    return wrong(`${path} cannot be read as JSON: ${thrown.message.split("\n", 1)[0]}`);
  }
  const decoded = decodeReport(parsed);
  return decoded._tag === "Left" ? wrong(`${path}: ${decoded.left.message}`) : { report: decoded.right };
};

/** The lines between an opening line and its closing line, or the fault of the opening line. */
const tableLines = (opening) => {
  const [, path, options] = OPENING.exec(opening) ?? [];
  if (path === undefined)
    return wrong(`expected <!-- table: report.json methods="a, b" columns="c, d" -->, found ${opening}`);
  const { report, fault } = readReport(path);
  if (fault !== undefined) return wrong(fault);
  const choice = Object.fromEntries(
    [...options.matchAll(/(methods|columns)="([^"]*)"/g)].map(([, key, list]) => [
      key,
      list.split(",").map((name) => name.trim()),
    ]),
  );
  const table = markdownTable(report, choice);
  return table._tag === "Left"
    ? wrong(`${path}: ${table.left.message}`)
    : { lines: ["", ...table.right.split("\n"), ""] };
};

/** The lines with all tables filled again, and the faults of the document. */
const filled = (lines) => {
  const result = [];
  const faults = [];
  let fenced = false;
  for (let i = 0; i < lines.length; i++) {
    result.push(lines[i]);
    const line = lines[i].trim();
    if (/^(```|~~~)/.test(line)) fenced = !fenced;
    if (fenced) continue;
    if (line === CLOSING) faults.push({ line: i + 1, text: `${CLOSING} closes no table` });
    if (!line.startsWith("<!-- table:")) continue;
    const rest = lines.slice(i + 1);
    const length = rest.findIndex((each) => /^<!-- (\/table -->|table:)/.test(each.trim()));
    if (length < 0 || rest[length].trim() !== CLOSING) {
      faults.push({ line: i + 1, text: `this table is not closed; expected a line ${CLOSING} after it` });
      continue;
    }
    const { lines: made, fault } = tableLines(line);
    if (fault !== undefined) faults.push({ line: i + 1, text: fault });
    result.push(...(made ?? rest.slice(0, length)), rest[length]);
    i += length + 1;
  }
  return { lines: result, faults };
};

const faults = [];
const changes = [];
let tables = 0;
for (const path of documents) {
  const text = readFileSync(join(root, path), "utf8");
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const before = text.split(newline);
  const { lines, faults: found } = filled(before);
  tables += lines.filter((line) => OPENING.test(line.trim())).length;
  faults.push(...found.map(({ line, text }) => `${path}:${line}: ${text}`));
  const at = lines.findIndex((line, i) => line !== before[i]);
  if (at < 0) continue;
  changes.push({ path, text: lines.join(newline) });
  if (checking) {
    const difference = `found ${JSON.stringify(before[at])}, expected ${JSON.stringify(lines[at])}`;
    faults.push(`${path}:${at + 1}: ${difference}; run pnpm docs:tables`);
  }
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else {
  for (const { path, text } of changes) writeFileSync(join(root, path), text);
  const what = checking ? "all agree with their reports" : `${changes.length} documents rewritten`;
  console.log(`${documents.length} documents with ${tables} tables: ${what}`);
}
