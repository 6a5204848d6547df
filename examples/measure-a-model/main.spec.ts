import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "./main.ts";

const folder = mkdtempSync(join(tmpdir(), "tadsr-example-"));
beforeAll(async () => {
  const waves = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => 128 + 100 * Math.sin(i / 40));
  await sharp(waves, { raw: { width: 64, height: 48, channels: 3 } }).toFile(join(folder, "photograph.png"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("measures both methods on each seed's small picture", async () => {
  const { methods, count } = await main(folder, "tiny-x4");
  expect(count).toBe(1);
  expect(methods.map(({ name, pictures }) => [name, pictures.map(({ seed }) => seed)])).toEqual([
    ["bicubic", [0, 1, 2]],
    ["tiny-x4", [0, 1, 2]],
  ]);
  for (const { summary } of methods) {
    expect(summary.psnr?.mean).toBeGreaterThan(5);
    expect(summary.psnr?.deviation).toBeGreaterThan(0);
  }
});

test("says what is wrong with a folder that is not there", async () => {
  await expect(main(join(folder, "missing"), "tiny-x4")).rejects.toThrow(/missing: cannot list this folder/);
});
