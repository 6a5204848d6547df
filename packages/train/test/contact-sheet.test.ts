import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contactSheet, degradationPresets, degradationWords } from "@tadsr/train";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { right } from "./either.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tadsr-sheet-"));
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8])
    await sharp({ create: { width: 300, height: 280, channels: 3, background: { r: n, g: 9, b: 9 } } })
      .png()
      .toFile(join(folder, `${n}.png`));
  await writeFile(join(folder, "9.png"), "no picture");
});
afterAll(() => rm(folder, { recursive: true }));

const options = { degradation: degradationPresets.bicubic, seed: 0, draws: 2 };

it("has six originals evenly spread, a column for each draw, and tells what it skipped", async () => {
  const { picture, rows, skipped } = right(await contactSheet(folder, "title", options)());
  expect({ rows, skipped }).toEqual({ rows: 6, skipped: [] });
  expect([picture.width, picture.height]).toEqual([8 + 4 * 264, 52 + 6 * 316]);
  const first = Array.from(
    { length: 6 },
    (_, row) => picture.data[3 * (picture.width * (52 + 316 * row) + 8)],
  );
  expect(first).toEqual([1, 2, 4, 5, 7, 8]);
});

it("is an error if no picture can be read", async () => {
  const bad = await mkdtemp(join(folder, "bad-"));
  await writeFile(join(bad, "x.png"), "no picture");
  expect(await contactSheet(bad, "title", options)()).toMatchObject({ left: { _tag: "NoPictures" } });
});

it("has the drawn parameters in words", () => {
  expect(
    degradationWords({
      kind: "light",
      blur: null,
      intermediate: { scale: 0.5, filter: "bilinear" },
      noise: { sigma: 0.02, grey: true },
      firstJpeg: 80,
      finalFilter: "bicubic",
      secondJpeg: null,
    } as Parameters<typeof degradationWords>[0]),
  ).toEqual(["no blur, ×0.5 bilinear", "noise 5.1 grey, JPEG 80", "end: bicubic, no JPEG"]);
});
