import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { elements, normal } from "@tadsr/core";
import { saveModel } from "@tadsr/files";
import { type ModelDescription, networkOf } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { main } from "./main.ts";

/** A model much smaller than the shipped one, with random weights, so that the spec is fast. */
const description: ModelDescription = {
  format: "tadsr-model/1",
  name: "tiny",
  latent: { kind: "space-to-depth", factor: 4 },
  schedule: { steps: 4, kappa: 1, minNoiseLevel: 0.2, etasEnd: 0.99, power: 0.3 },
  network: {
    kind: "residual-unet",
    latentChannels: 48,
    channels: [4, 6],
    blocks: [1, 1],
    timeFeatures: 4,
    timeChannels: 4,
  },
  steps: 1,
};

const weights = Object.fromEntries(
  networkOf(description).parameters.map(({ name, shape }, stream) => {
    const data = new Float32Array(normal({ seed: 1, stream }, 0, elements(shape)));
    return [name, { shape, data: data.map((value) => value / 20) }];
  }),
);

let folder = "";
let input = "";
let output = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tadsr-example-"));
  input = join(folder, "photo.png");
  await sharp({ create: { width: 39, height: 46, channels: 3, background: "teal" } }).toFile(input);
  const saved = await saveModel(join(folder, "model"), description, weights, { dtype: "F16" })();
  if (E.isLeft(saved)) throw new Error(saved.left.message);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(({ task }) => {
  output = join(folder, `${task.id}.png`);
});

const options = () => ({ model: join(folder, "model"), runtime: "cpu", tile: 8 }) as const;

test("writes the picture four times larger, and reports its progress", async () => {
  const told: string[] = [];
  const onProgress = (done: number, total: number) => told.push(`${done}/${total}`);
  expect(await main(input, output, { ...options(), onProgress })).toEqual({ width: 156, height: 184 });
  expect(await sharp(output).metadata()).toMatchObject({ width: 156, height: 184, channels: 3 });
  expect(told).toEqual(["0/6", "1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
});

test("stops when the signal says so, and writes nothing", async () => {
  const controller = new AbortController();
  const onProgress = (done: number) => {
    if (done === 2) controller.abort();
  };
  const stopped = main(input, output, { ...options(), signal: controller.signal, onProgress });
  await expect(stopped).rejects.toThrow("stopped after 2 of 6 tiles");
  expect(await readdir(folder)).not.toContain(basename(output));
});

test("lists the models if it is given an unknown one", async () => {
  await expect(main(input, output, { model: "no-such-model" })).rejects.toThrow(
    /no-such-model: neither a shipped model nor a folder with model\.json/,
  );
});
