/** The tool that fills the documents' tables from reports, on a temporary tree. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleReport } from "../packages/metrics/test/sample-report.ts";

const tool = join(import.meta.dirname, "..", "tools", "docs-tables.mjs");
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tadsr-docs-"));
  write("docs/measurements/two.json", JSON.stringify(sampleReport));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const run = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", tool, ...words, root], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};

const OPEN = '<!-- table: docs/measurements/two.json methods="bicubic, small-x4" columns="psnr" -->';
const CLOSE = "<!-- /table -->";
const TABLE = ["", "| method | PSNR, dB ↑ |", "| --- | ---: |", "| bicubic | 27.00 ± 0.00 |"];
const FULL = [OPEN, ...TABLE, "| small-x4 | **29.50 ± 0.71** |", "", CLOSE].join("\n");

test("fills every document's tables, leaves the rest as it is, and then finds nothing to change", () => {
  const card = "packages/model/models/tiny/MODEL_CARD.md";
  write("README.md", `# A\n\n${OPEN}\nold\n${CLOSE}\nend\n`);
  write(card, `${OPEN}\r\n${CLOSE}\r\nend`);
  write("packages/model/README.md", "```\n<!-- table: an example -->\n```\n");
  expect(run()).toEqual({
    status: 0,
    stdout: "3 documents with 2 tables: 2 documents rewritten\n",
    stderr: "",
  });
  expect(read("README.md")).toBe(`# A\n\n${FULL}\nend\n`);
  expect(read(card)).toBe(`${FULL}\nend`.replaceAll("\n", "\r\n"));
  expect(run("--check")).toMatchObject({ status: 0, stderr: "" });
});

test("--check says which line differs, and changes nothing", () => {
  const stale = FULL.replace("29.50", "39.50");
  write("docs/results.md", stale);
  const { status, stdout, stderr } = run("--check");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toBe(
    'docs/results.md:6: found "| small-x4 | **39.50 ± 0.71** |", expected "| small-x4 | **29.50 ± 0.71** |"; run pnpm docs:tables\n',
  );
  expect(read("docs/results.md")).toBe(stale);
});

test("reports in one line each what cannot be filled, and then changes nothing", () => {
  write("broken.json", "{");
  write("other.json", "{}");
  const blocks = [
    OPEN,
    CLOSE,
    "<!-- table: none.json -->",
    CLOSE,
    "<!-- table: broken.json -->",
    CLOSE,
    "<!-- table: other.json -->",
    CLOSE,
    '<!-- table: docs/measurements/two.json methods="large" -->',
    CLOSE,
    '<!-- table: docs/measurements/two.json columns="mos" -->',
    CLOSE,
    '<!-- table: docs/measurements/two.json rows="a" -->',
    CLOSE,
    CLOSE,
    OPEN,
  ].join("\n");
  write("README.md", blocks);
  const { status, stdout, stderr } = run();
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  const lines = stderr.trimEnd().split("\n");
  const expected = [
    /^README\.md:3: none\.json does not exist$/,
    /^README\.md:5: broken\.json cannot be read as JSON: .+$/,
    /^README\.md:7: other\.json: format: found nothing, expected "tadsr evaluation 1"$/,
    /^README\.md:9: docs\/measurements\/two\.json: the report has no method "large"; it has .+$/,
    /^README\.md:11: docs\/measurements\/two\.json: the report has no column "mos"; it has .+$/,
    /^README\.md:13: expected <!-- table: .+, found .+rows.+$/,
    /^README\.md:15: <!-- \/table --> closes no table$/,
    /^README\.md:16: this table is not closed; expected .+$/,
  ];
  expect(lines).toHaveLength(expected.length);
  expected.forEach((reason, i) => {
    expect(lines[i]).toMatch(reason);
  });
  expect(read("README.md")).toBe(blocks);
});
