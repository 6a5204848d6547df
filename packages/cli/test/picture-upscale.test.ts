/** `tadsr upscale`, `demo`, `convert` and `inspect` with Real-ESRGAN's networks, from their files alone. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";
import { savePictureNetwork, tinyRrdb, tinySrvgg } from "./tiny-picture-networks.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);

const tadsr = async (...words: readonly string[]) => {
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, words);
  return { code, out: memory.out(), err: memory.err() };
};

const upscale = (...words: readonly string[]) => tadsr("upscale", "--runtime", "wasm", ...words);

const savePng = (name: string, width: number, height: number, channels: 3 | 4 = 3) =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37 + (i >> 5) * 11) % 256),
    { raw: { width, height, channels } },
  )
    .png()
    .toFile(at(name));

const pixels = async (name: string) => {
  const { data, info } = await sharp(at(name)).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
};

describe("tadsr upscale, with a network of Real-ESRGAN's,", () => {
  it("names the output by its size, and says what ran: no steps and no seed", async () => {
    await savePictureNetwork(at("general-x4v3.pth"), tinySrvgg);
    await savePng("a.png", 9, 7);
    const { code, out, err } = await upscale("a.png", "--model", "general-x4v3.pth");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^a\.png -> a-4x\.png: 9 x 7 -> 36 x 28, model general-x4v3, runtime wasm, \d+\.\d\d s\n$/,
    );
    expect(await pixels("a-4x.png")).toMatchObject({ width: 36, height: 28, channels: 3 });
  });

  it("takes odd sides where the network folds pixels, keeps alpha, and prints JSON", async () => {
    await savePictureNetwork(at("x2.safetensors"), tinyRrdb);
    await savePng("a.png", 9, 7, 4);
    const { code, out } = await upscale("a.png", "--model", "x2.safetensors", "--tile", "4", "--json");
    expect(code).toBe(0);
    const { seconds: _, ...rest } = JSON.parse(out) as Record<string, unknown>;
    expect(rest).toEqual({
      ...{ input: "a.png", output: "a-2x.png", inputWidth: 9, inputHeight: 7, width: 18, height: 14 },
      ...{ model: "x2", runtime: "wasm", tile: 4 },
    });
    expect(await pixels("a-2x.png")).toMatchObject({ width: 18, height: 14, channels: 4 });
  });

  it("makes the same picture whatever the tile and the format of the file", async () => {
    await savePictureNetwork(at("net.pth"), tinySrvgg);
    await savePng("a.png", 33, 20);
    expect((await tadsr("convert", "net.pth", "net.safetensors")).code).toBe(0);
    await upscale("a.png", "--model", "net.pth", "-o", "whole.png");
    await upscale("a.png", "--model", "net.safetensors", "--tile", "8", "-o", "tiles.png");
    const [whole, tiles] = await Promise.all(["whole.png", "tiles.png"].map(pixels));
    expect(new Set(whole?.data).size).toBeGreaterThan(50);
    expect(whole?.data.every((value, i) => Math.abs(value - (tiles?.data[i] ?? 999)) <= 1)).toBe(true);
  });

  it("mixes the weights of two files, and refuses a share or a model that cannot be mixed", async () => {
    await savePictureNetwork(at("one.pth"), tinySrvgg);
    await savePictureNetwork(at("x2.pth"), tinyRrdb);
    expect((await tadsr("convert", "one.pth", "half.safetensors", "--dtype", "F16")).code).toBe(0);
    await savePng("a.png", 9, 7);
    const mixed = await upscale("a.png", "--model", "one.pth", "--mix", "half.safetensors:0.25");
    expect(mixed.out).toContain("model 0.75 one + 0.25 half,");
    await upscale("a.png", "--model", "one.pth", "-o", "plain.png");
    await upscale("a.png", "--model", "one.pth", "--mix", "half.safetensors:0", "-o", "none.png");
    expect(await pixels("none.png")).toEqual(await pixels("plain.png"));
    const refused = async (...words: readonly string[]) => (await upscale("a.png", "--force", ...words)).err;
    expect(await refused("--model", "one.pth", "--mix", "x2.pth:0.5")).toMatch(
      /^tadsr: [^\n]*x2\.pth[^\n]*\n$/,
    );
    expect(await refused("--model", "tiny-x4", "--mix", "one.pth:0.5")).toMatch(
      /--mix is for Real-ESRGAN's networks/,
    );
    expect(await refused("--model", "one.pth", "--mix", "one.pth:2")).toMatch(/a number from 0 to 1/);
  });

  it("is shown by the demo", async () => {
    await savePictureNetwork(at("net.pth"), tinySrvgg);
    const { code, out } = await tadsr("demo", "-o", "demo.png", "--model", "net.pth", "--runtime", "wasm");
    expect(code).toBe(0);
    expect(out).toMatch(/^demo\.png: bicubic \| tadsr \| original, model net, runtime wasm, \d+\.\d\d s\n$/);
  });
});

describe("tadsr upscale refuses, with one line and nothing written,", () => {
  beforeEach(async () => {
    await savePictureNetwork(at("net.pth"), tinySrvgg);
    await savePng("a.png", 4, 4);
  });

  const NO_SENSE = "has no meaning for net: it is a network (srvgg) that draws no noise and takes one step";

  it.each([
    [["--steps", "1"], 2, `--steps ${NO_SENSE}`],
    [["--seed", "7"], 2, `--seed ${NO_SENSE}`],
    [["--autoencoder", "net.pth"], 2, `--autoencoder ${NO_SENSE}`],
    [["--config", "tad-sr-s1"], 2, `--config ${NO_SENSE}`],
    [["--sampler", "ancestral"], 2, `--sampler ${NO_SENSE}`],
    [["--colour-correction", "none"], 2, `--colour-correction ${NO_SENSE}`],
    [["--image-size", "64"], 2, `--image-size ${NO_SENSE}`],
    [["--window", "8"], 2, `--window ${NO_SENSE}`],
    [["--head-channels", "8"], 2, `--head-channels ${NO_SENSE}`],
    [["--group", "params"], 1, 'it has no group "params"; it has "" (the outermost)'],
  ])("%j", async (words, code, message) => {
    const done = await upscale("a.png", "--model", "net.pth", ...words);
    expect(done).toMatchObject({ code, out: "" });
    expect(done.err).toMatch(/^tadsr: [^\n]*\n$/);
    expect(done.err).toContain(message);
    expect(readdirSync(folder.path).sort()).toEqual(["a.png", "net.pth"]);
  });
});

describe("tadsr inspect", () => {
  it("tells which network of Real-ESRGAN's a file is of", async () => {
    await savePictureNetwork(at("net.pth"), tinySrvgg, "F16");
    const { out } = await tadsr("inspect", "net.pth");
    expect(out).toContain(`taken for: srvgg\nconfiguration: ${JSON.stringify(tinySrvgg)}\n`);
    await savePictureNetwork(at("net.safetensors"), tinyRrdb);
    const { takenFor } = JSON.parse((await tadsr("inspect", "net.safetensors", "--json")).out);
    expect(takenFor).toMatchObject({ kind: "rrdb", config: tinyRrdb, assumed: [] });
    expect(readFileSync(at("net.pth")).length).toBeLessThan(2 ** 16);
  });
});
