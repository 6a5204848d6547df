/** One upscaler for every kind of model, on an engine that is told apart from others by its figures alone. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, type ReferenceTensor, referenceEngine } from "@tadsr/core";
import { describeModel } from "@tadsr/files";
import { placeTile } from "@tadsr/model";
import { openUpscaler, prepareModel, type Upscaler, type UpscalerOptions } from "@tadsr/upscale";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveTinyModel } from "../packages/cli/test/tiny-model.ts";
import { saveRandom, tinyAutoencoder, tinyUNet } from "../packages/cli/test/tiny-paper-networks.ts";
import { savePictureNetwork, tinyRrdb } from "../packages/cli/test/tiny-picture-networks.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tadsr-any-"));
  await saveTinyModel(at("small"));
  await saveRandom(at("net.pth"), tinyUNet);
  await saveRandom(at("vq.pth"), tinyAutoencoder);
  await savePictureNetwork(at("rrdb.pth"), tinyRrdb);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

/** The reference engine, with a count of the weights that were released. */
const counting = (changes: Partial<Engine<ReferenceTensor>> = {}) => {
  let released = 0;
  const engine: Engine<ReferenceTensor> = {
    ...referenceEngine,
    ...changes,
    release: (tensors) => {
      released += [...tensors].length;
    },
  };
  return { engine, released: () => released };
};

const CASES = [
  { kind: "small", named: "small", choices: {}, tile: 4, factor: 4, settings: { seed: 0, steps: 1 } },
  {
    ...{ kind: "paper", named: "net.pth", tile: 64, factor: 1 },
    choices: { autoencoder: "vq.pth", config: "faceir-s4" } as const,
    settings: { seed: 0, steps: 1, sampler: "ancestral", colourCorrection: "none" },
  },
  { kind: "picture", named: "rrdb.pth", choices: {}, tile: 4, factor: 2, settings: {} },
] as const;

const described = async ({ named, choices }: (typeof CASES)[number]) => {
  const files = "autoencoder" in choices ? { ...choices, autoencoder: at(choices.autoencoder) } : choices;
  return right(await describeModel(at(named), files)());
};

const picture = {
  ...{ width: 13, height: 9, channels: 3 as const },
  data: Uint8Array.from({ length: 13 * 9 * 3 }, (_, i) => (i * 37) % 256),
};

const open = async (
  one: (typeof CASES)[number],
  options: UpscalerOptions,
  engine: Engine<ReferenceTensor> = referenceEngine,
): Promise<Upscaler> => right(await openUpscaler(engine, await described(one), options)());

describe.each(CASES)("a model of the kind $kind", (one) => {
  const { kind, tile, factor, settings } = one;
  const steps = kind === "picture" ? {} : { steps: 1 };

  it("is described, opened and used like any other, and its weights are released", async () => {
    expect(await described(one)).toMatchObject({ kind });
    const { engine, released } = counting();
    const upscaler = await open(one, { tile, ...steps }, engine);
    expect(upscaler).toMatchObject({ factor, settings: { tile, ...settings } });
    expect(upscaler.parameters).toBeGreaterThan(100);
    const whole = right(await upscaler.upscale(picture)());
    expect([whole.width, whole.height]).toEqual([13 * factor, 9 * factor]);
    const assembled = { ...whole, data: new Uint8Array(whole.data.length) };
    const totals = new Set<number>();
    for await (const part of upscaler.tiles(picture)) {
      placeTile(assembled, right(part));
      totals.add(right(part).total);
    }
    expect(assembled).toEqual(whole);
    const [total = 0] = totals;
    expect(upscaler.work(picture, total)).toHaveLength(total);
    const before = released();
    upscaler.close();
    expect(released()).toBeGreaterThan(before);
  });

  it("refuses a tile that is none before there is an engine", async () => {
    const refused = await prepareModel(await described(one), { tile: 0 })();
    expect(refused).toMatchObject({ left: { _tag: "InvalidOption", option: "tile", found: 0 } });
  });

  it("has a tile by the engine's figures and the memory that there is", async () => {
    const roomy = await open(one, { ...steps, memory: 2 ** 50 });
    const tight = await open(one, { ...steps, memory: 0 });
    const memory = { factor: 1, scores: 0, limit: 0 };
    const narrow = await open(one, { ...steps, memory: 2 ** 50 }, { ...referenceEngine, memory });
    expect(roomy.settings.tile).toBe(kind === "paper" ? 512 : 256);
    expect([tight.settings.tile, narrow.settings.tile]).toEqual([64, 64]);
  });
});

it("a seed is the upscaler's, unless one picture has its own", async () => {
  const [small] = CASES;
  const first = await open(small, { tile: 64 });
  const other = await open(small, { tile: 64, seed: 5 });
  const made = async (upscaler: Upscaler, seed?: number) =>
    right(await upscaler.upscale(picture, seed === undefined ? {} : { seed })());
  expect(await made(first, 5)).toEqual(await made(other));
  expect(await made(first)).not.toEqual(await made(other));
});
