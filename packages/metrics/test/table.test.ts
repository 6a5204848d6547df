import { markdownTable, type Report, reportHeading, reportRows } from "@tadsr/metrics";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { expect, test } from "vitest";
import { arbitraryReport } from "./arbitrary-report.ts";
import { sampleReport } from "./sample-report.ts";

const rightOf = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

test("rows have each metric with its decimals, the deviation between seeds, seconds and parameters", () => {
  expect(rightOf(reportRows(sampleReport))).toEqual({
    header: ["method", "PSNR, dB ↑", "SSIM ↑", "NIQE ↓", "seconds", "parameters"],
    rows: [
      ["originals", "–", "–", "3.500 ± 0.000", "–", "–"],
      ["bicubic", "27.00 ± 0.00", "0.7500 ± 0.0000", "7.500 ± 0.000", "0.012", "–"],
      ["small-x4", "29.50 ± 0.71", "0.8000 ± 0.0000", "5.500 ± 0.000", "1.27", "3 712 345"],
      ["copy", "∞", "1.0000 ± 0.0000", "3.500 ± 0.000", "–", "–"],
    ],
  });
});

test("the heading says what was measured, and of the border only if there is one", () => {
  const report: Report = { ...sampleReport, originals: "Set5", count: 1, crop: 24, degradation: "light" };
  expect(reportHeading({ ...report, seeds: [3], border: 0 })).toBe(
    "Set5: 1 picture, the middle 24 x 24, degraded by light, seed 3",
  );
  expect(reportHeading({ ...report, crop: null, degradation: null, seeds: [], border: 4 })).toBe(
    "Set5: 1 picture, psnr and ssim without a border of 4",
  );
});

test("Markdown has the chosen columns and methods in their order, and the best of each metric in bold", () => {
  const choice = { columns: ["niqe", "psnr", "seconds"], methods: ["small-x4", "bicubic", "originals"] };
  expect(rightOf(markdownTable(sampleReport, choice))).toBe(
    [
      "| method | NIQE ↓ | PSNR, dB ↑ | seconds |",
      "| --- | ---: | ---: | ---: |",
      "| small-x4 | **5.500 ± 0.000** | **29.50 ± 0.71** | 1.27 |",
      "| bicubic | 7.500 ± 0.000 | 27.00 ± 0.00 | 0.012 |",
      "| originals | 3.500 ± 0.000 | – | – |",
    ].join("\n"),
  );
});

test("infinity is the best, the same decimals are equally good, and one method alone is not marked", () => {
  const [, bicubic, small, copy] = sampleReport.methods;
  if (bicubic === undefined || small === undefined || copy === undefined)
    throw new Error("the sample has four");
  const near = { ...small, name: "near", summary: { psnr: { mean: 29.5049, deviation: null } } };
  const table = (methods: Report["methods"]) =>
    rightOf(markdownTable({ ...sampleReport, methods }, { columns: ["psnr"] }))
      .split("\n")
      .slice(2);
  expect(table([bicubic, copy])).toEqual(["| bicubic | 27.00 ± 0.00 |", "| copy | **∞** |"]);
  expect(table([small, near])).toEqual(["| small-x4 | **29.50 ± 0.71** |", "| near | **29.50** |"]);
  expect(table([small])).toEqual(["| small-x4 | 29.50 ± 0.71 |"]);
});

test("says which column or method the report lacks", () => {
  expect(reportRows(sampleReport, { columns: ["psnr", "mos"] })).toEqual(
    E.left({
      _tag: "NotInReport",
      message: 'the report has no column "mos"; it has "psnr", "ssim", "niqe", "seconds", "parameters"',
    }),
  );
  expect(markdownTable(sampleReport, { methods: ["large"] })).toEqual(
    E.left({
      _tag: "NotInReport",
      message: 'the report has no method "large"; it has "originals", "bicubic", "small-x4", "copy"',
    }),
  );
});

test("names of any characters keep Markdown's cells apart", () => {
  const cells = (line: string): number => line.replace(/\\./gu, "").split("|").length;
  fc.assert(
    fc.property(
      arbitraryReport,
      fc.string({ unit: fc.constantFrom("|", "\\", "\n", "<", "a") }),
      (report, name) => {
        const methods = report.methods.slice(0, 1).map((method) => ({ ...method, name }));
        const lines = rightOf(markdownTable({ ...report, methods })).split("\n");
        expect(lines).toHaveLength(2 + methods.length);
        expect(new Set(lines.map(cells)).size).toBe(1);
        expect(lines.join("").replace(/\\./gu, "")).not.toContain("<");
      },
    ),
  );
});
