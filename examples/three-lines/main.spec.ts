import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { TadsrError } from "tadsr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inParts, main } from "./main.ts";

let folder = "";
let input = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tadsr-example-"));
  input = join(folder, "photo.png");
  await sharp({ create: { width: 30, height: 20, channels: 3, background: "teal" } }).toFile(input);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The smallest of the shipped models, so that the spec is quick. */
const options = { model: "tiny-x4", runtime: "wasm", tile: 8 } as const;

test("writes the picture four times larger", async () => {
  const output = join(folder, "larger.png");
  expect(await main(input, output, options)).toEqual({ width: 120, height: 80 });
  expect(await sharp(output).metadata()).toMatchObject({ width: 120, height: 80, channels: 3 });
});

test("tells the share that is done, and stops when the signal says so", async () => {
  const told: number[] = [];
  await inParts(input, options, (share) => told.push(share));
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual(told.map((_, i) => (i + 1) / told.length));
  const stopped = inParts(input, options, () => undefined, AbortSignal.abort());
  await expect(stopped).rejects.toMatchObject({ code: "aborted" });
  await expect(stopped).rejects.toBeInstanceOf(TadsrError);
});
