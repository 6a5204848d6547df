/** `tadsr upscale` with the paper's models, on the authors' files of random weights. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describePaperFiles } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paperFixtures } from "../../model/test/paper-fixtures.ts";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";

const fixture = paperFixtures();

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);

const upscale = async (...words: readonly string[]) => {
  const memory = memoryShell(folder.path);
  const code = await run(memory.shell, ["upscale", "--runtime", "wasm", ...words]);
  return { code, out: memory.out(), err: memory.err() };
};

const UNET = "unet_face.pth";
const AUTOENCODER = "vq_f8_face.legacy.pth";

const file = (name: string): string => join(fixture(), name);

/** The files as they are; the network restores at twice the size, and has the faces' schedule. */
const withFiles = (...words: readonly string[]) =>
  upscale("--model", file(UNET), "--autoencoder", file(AUTOENCODER), ...words);

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

describe("tadsr upscale, with the authors' files,", () => {
  it("names the output by its size, says what ran, and what was assumed", async () => {
    await savePng("face.png", 64, 64);
    const { code, out, err } = await withFiles("face.png", "--seed", "3");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^face\.png -> face-2x\.png: 64 x 64 -> 128 x 128, model faceir-s4, runtime wasm, 4 steps, ancestral, tile \d+, seed 3, \d+\.\d\d s\n$/,
    );
    expect(err).toMatch(/^tadsr: \S*unet_face\.pth: assumed: faceir-s4 \([^\n]*\n$/);
    expect(await pixels("face-2x.png")).toMatchObject({ width: 128, height: 128, channels: 3 });
  });

  it("does as steps, sampler, colours and tile say, and prints them as JSON", async () => {
    await savePng("a.png", 64, 64);
    const options = ["--config", "faceir-s4", "--steps", "2", "--sampler", "deterministic", "--tile", "64"];
    const { code, out } = await withFiles("a.png", ...options, "--colour-correction", "adain", "--json");
    expect(code).toBe(0);
    const { seconds: _, ...rest } = JSON.parse(out) as Record<string, unknown>;
    expect(rest).toEqual({
      ...{ input: "a.png", output: "a-2x.png", inputWidth: 64, inputHeight: 64, width: 128, height: 128 },
      ...{ model: "faceir-s4", runtime: "wasm", seed: 0, steps: 2, tile: 64 },
      ...{ sampler: "deterministic", colourCorrection: "adain" },
    });
    await withFiles("a.png", ...options, "--colour-correction", "wavelet", "-o", "wavelet.png");
    await withFiles("a.png", ...options, "-o", "plain.png");
    await withFiles("a.png", ...options, "-o", "again.png");
    const results = await Promise.all(["a-2x.png", "wavelet.png", "plain.png", "again.png"].map(pixels));
    expect(new Set(results.map(({ data }) => data.toString("base64"))).size).toBe(3);
    expect(results[3]?.data.equals(results[2]?.data ?? Buffer.alloc(0))).toBe(true);
  });

  it.each([
    [1, 1],
    [70, 33],
  ])("takes a picture of %i x %i, which no tile is, and notes what the model was made for", async (w, h) => {
    await savePng("a.png", w, h, 4);
    const { code, err } = await withFiles("a.png", "--config", "faceir-s4", "--steps", "1");
    expect(code).toBe(0);
    expect(err).toContain(`tadsr: ${w} x ${h}: faceir-s4 was made for pictures of 64 x 64\n`);
    expect(await pixels("a-2x.png")).toMatchObject({ width: 2 * w, height: 2 * h, channels: 4 });
  });

  it("or a folder of them and model.json, makes the same picture", async () => {
    const files = { network: { file: file(UNET) }, autoencoder: { file: file(AUTOENCODER) } };
    const described = await describePaperFiles(files, { config: "faceir-s4" })();
    if (E.isLeft(described)) throw new Error(described.left.message);
    mkdirSync(at("faces"));
    writeFileSync(at("faces/model.json"), JSON.stringify({ ...described.right.description, name: "mine" }));
    // What a file is, its content says and not its name.
    copyFileSync(file(UNET), at("faces/model.safetensors"));
    copyFileSync(file(AUTOENCODER), at("faces/autoencoder.safetensors"));
    await savePng("a.png", 64, 64);
    const { code, out, err } = await upscale("a.png", "--model", "faces", "-o", "folder.png");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("model mine, runtime wasm, 4 steps, ancestral");
    await withFiles("a.png", "-o", "files.png");
    expect((await pixels("folder.png")).data.equals((await pixels("files.png")).data)).toBe(true);
  });
});

/** Expects one line on standard error, and nothing written. */
const refused = async (
  result: Promise<{ readonly code: number; readonly out: string; readonly err: string }>,
  code: number,
  message: RegExp,
) => {
  const before = readdirSync(folder.path).sort();
  const done = await result;
  expect(done.err).toMatch(/^tadsr: [^\n]*\n$/);
  expect(done.err).toMatch(message);
  expect(done).toMatchObject({ code, out: "" });
  expect(readdirSync(folder.path).sort()).toEqual(before);
};

describe("tadsr upscale refuses, with one line,", () => {
  beforeEach(async () => {
    await savePng("a.png", 8, 8);
  });

  it("a model file without its autoencoder, which it names", () =>
    refused(upscale("a.png", "--model", file(UNET)), 2, /--autoencoder \(the authors call it ffhq512_vq_f8/));

  it("a file that is no checkpoint, or is not there", async () => {
    writeFileSync(at("text.pth"), "not a checkpoint");
    await refused(upscale("a.png", "--model", "text.pth"), 1, /text\.pth: /);
    await refused(upscale("a.png", "--model", "none.pth"), 1, /none\.pth: neither a shipped model nor/);
    const missing = upscale("a.png", "--model", file(UNET), "--autoencoder", "none.pth");
    await refused(missing, 1, /none\.pth: .*does not exist/);
  });

  it("a file cut off", async () => {
    const bytes = readFileSync(file(UNET));
    writeFileSync(at("cut.pth"), bytes.subarray(0, bytes.length / 2));
    await refused(
      upscale("a.png", "--model", "cut.pth", "--autoencoder", file(AUTOENCODER)),
      1,
      /cut\.pth: /,
    );
  });

  it("networks in each other's place, or of another kind", async () => {
    const swapped = upscale("a.png", "--model", file(AUTOENCODER), "--autoencoder", file(UNET));
    await refused(swapped, 1, /expected a UNet with Swin layers, found a VQ autoencoder/);
    const twice = upscale("a.png", "--model", file(UNET), "--autoencoder", file(UNET));
    await refused(twice, 1, /expected a VQ autoencoder, found a UNet/);
    const other = upscale("a.png", "--model", file("discriminator.pth"));
    await refused(other, 1, /found a discriminator, which only training needs/);
  });

  it("latents that do not match", () =>
    refused(
      upscale("a.png", "--model", file("unet_a.pth"), "--autoencoder", file(AUTOENCODER)),
      1,
      /do not belong together: latentChannels: found 3, expected the 8 channels/,
    ));

  it("a group that is not in the file", () =>
    refused(withFiles("a.png", "--group", "ema"), 1, /it has no group "ema"; it has/));

  it("a configuration that is unknown, or another network's", async () => {
    await refused(withFiles("a.png", "--config", "realsr-s20"), 2, /Allowed choices are realsr-s15/);
    await refused(
      withFiles("a.png", "--config", "tad-sr-s1"),
      1,
      /and tad-sr-s1 is a network with no pyramid/,
    );
  });

  it("more steps than there are, and tiles that are no multiple of 64", async () => {
    await refused(withFiles("a.png", "--steps", "5"), 2, /--steps is 5; allowed: a whole number from 1 to 4/);
    await refused(withFiles("a.png", "--tile", "100"), 2, /--tile is 100; allowed: a multiple of 64/);
  });

  it("a result that its format cannot hold", async () => {
    await savePng("long.png", 8200, 1);
    const long = withFiles("long.png", "-o", "long.webp", "--config", "faceir-s4");
    const { code, err } = await long;
    expect(code).toBe(1);
    expect(err).toContain("tadsr: long.png: the output would be 16400 x 2, and WEBP holds at most 16383");
  });

  it("what is for the paper's models, told to the small one", async () => {
    const words = ["a.png", "--model", "small-x4"];
    const options: readonly (readonly [string, string])[] = [
      ["--autoencoder", "x.pth"],
      ["--config", "tad-sr-s1"],
      ["--sampler", "ancestral"],
      ["--colour-correction", "adain"],
    ];
    for (const [flag, value] of options)
      await refused(
        upscale(...words, flag, value),
        2,
        new RegExp(`${flag} is for the paper's models; small-x4`),
      );
  });
});
