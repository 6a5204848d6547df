/** The numbers in docs/metrics.md for this project's own measures are correct. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { niqe, psnr, psnrY, ssim, ssimRgb } from "@tadsr/metrics";
import type { Picture } from "@tadsr/model";
import { expect, it } from "vitest";
import { right } from "../packages/metrics/test/pictures.ts";
import { damagedPhotographs } from "./damaged-photographs.ts";

type Measure = (picture: Picture, original: Picture) => number;

/** By the words at the beginning of a row, up to a semicolon. */
const rows: Readonly<Record<string, Measure>> = {
  "`psnr`": (a, b) => right(psnr(a, b)),
  "`psnr`, border 4": (a, b) => right(psnr(a, b, { border: 4 })),
  "`psnrY`": (a, b) => right(psnrY(a, b)),
  "`psnrY`, border 4": (a, b) => right(psnrY(a, b, { border: 4 })),
  "`psnrY`, rounded": (a, b) => right(psnrY(a, b, { rounded: true })),
  "`ssim`": (a, b) => right(ssim(a, b)),
  "`ssim`, rounded": (a, b) => right(ssim(a, b, { rounded: true })),
  "`ssim`, border 4": (a, b) => right(ssim(a, b, { border: 4 })),
  "`ssimRgb`": (a, b) => right(ssimRgb(a, b)),
  "`niqe`": (a) => right(niqe(a)),
  "`niqe`, single": (a) => right(niqe(a, { precision: "single" })),
};

const told = (row: string): readonly number[] => {
  const document = readFileSync(join(import.meta.dirname, "..", "docs", "metrics.md"), "utf8");
  const cells = document
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const found = cells.filter(([, label = ""]) => label.split(";")[0] === row);
  expect(found.length, row).toBe(1);
  return (found[0] ?? []).slice(2, -1).map(Number);
};

it("docs/metrics.md has the right numbers for its pictures", async () => {
  const pairs = Object.values(await damagedPhotographs());
  const [noisy, compressed] = pairs;
  for (const [row, measure] of Object.entries(rows)) {
    const found = pairs.map(({ picture, original }) => measure(picture, original));
    if (row.startsWith("`niqe`"))
      for (const pair of [noisy, compressed]) if (pair) found.push(measure(pair.original, pair.original));
    // With as many digits as in the document.
    expect(
      found.map((value) => value.toFixed(4)),
      row,
    ).toEqual(told(row).map((value) => value.toFixed(4)));
  }
});
