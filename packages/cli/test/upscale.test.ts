import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withRenamedTensor } from "../../model/test/safetensors-bytes.ts";
import { run } from "../src/program.ts";
import { type MemoryShellOptions, memoryShell, temporaryFolder } from "./memory-shell.ts";
import { saveTinyModel } from "./tiny-model.ts";

const models = temporaryFolder();
const MODEL = join(models.path, "tiny");
beforeAll(() => saveTinyModel(MODEL));
afterAll(models.remove);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);

const tadsrIn = async (options: MemoryShellOptions, ...words: readonly string[]) => {
  const memory = memoryShell(folder.path, options);
  const code = await run(memory.shell, words);
  return { code, out: memory.out(), bytes: memory.outBytes(), err: memory.err(), undoing: memory.undoing };
};

/** `tadsr upscale` with the tiny model on the plain JavaScript runtime. */
const upscale = (...words: readonly string[]) =>
  tadsrIn({}, "upscale", "--model", MODEL, "--runtime", "cpu", ...words);

/** A picture with structure in every channel. */
const texture = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37 + (i >> 5) * 11) % 256),
    { raw: { width, height, channels } },
  );

const savePng = (name: string, width = 6, height = 5, channels: 3 | 4 = 3) =>
  texture(width, height, channels).png().toFile(at(name));

const pixels = async (name: string) => {
  const { data, info } = await sharp(at(name)).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
};

/** No draft and no folder of one. */
const leftovers = (): readonly string[] => readdirSync(folder.path).filter((name) => name.startsWith("."));

describe("tadsr upscale", () => {
  it("writes a picture four times larger beside the first and says what ran", async () => {
    await savePng("photo.png", 6, 5);
    const { code, out, err } = await upscale("photo.png", "--seed", "7");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^photo\.png -> photo-4x\.png: 6 x 5 -> 24 x 20, model tiny, runtime cpu, 1 step, seed 7, \d+\.\d\d s\n$/,
    );
    expect(await sharp(at("photo-4x.png")).metadata()).toMatchObject({
      format: "png",
      width: 24,
      height: 20,
      channels: 3,
    });
    expect(readdirSync(folder.path).sort()).toEqual(["photo-4x.png", "photo.png"]);
  });

  it("prints one JSON object a picture, and nothing else", async () => {
    await savePng("a.png", 2, 3);
    writeFileSync(at("b.png"), "");
    const { code, out } = await upscale("--json", "--tile", "3", "a.png", "b.png");
    expect(code).toBe(1);
    const objects = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects).toHaveLength(2);
    const { seconds, ...rest } = objects[0] ?? {};
    expect(rest).toEqual({
      ...{ input: "a.png", output: "a-4x.png" },
      ...{ inputWidth: 2, inputHeight: 3, width: 8, height: 12 },
      ...{ model: "tiny", runtime: "cpu", seed: 0, steps: 1, tile: 3 },
    });
    expect(seconds).toBeGreaterThan(0);
    expect(objects[1]).toEqual({
      input: "b.png",
      error: expect.stringContaining("b.png: the file is empty"),
    });
  });

  it("gives the same picture for the same seed, another for another, however it is cut", async () => {
    await savePng("a.png", 9, 7);
    await upscale("a.png", "-o", "first.png", "--seed", "1");
    await upscale("a.png", "-o", "again.png", "--seed", "1");
    await upscale("a.png", "-o", "other.png", "--seed", "2");
    await upscale("a.png", "-o", "tiles.png", "--seed", "1", "--tile", "4");
    const [first, again, other, tiles] = await Promise.all(
      ["first.png", "again.png", "other.png", "tiles.png"].map(pixels),
    );
    expect(again?.data.equals(first?.data ?? Buffer.alloc(0))).toBe(true);
    expect(other?.data.equals(first?.data ?? Buffer.alloc(0))).toBe(false);
    const differences = Array.from(first?.data ?? [], (value, i) =>
      Math.abs(value - (tiles?.data[i] ?? 999)),
    );
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });

  it.each([
    [1, 1],
    [1, 9],
    [17, 1],
    [3, 2],
  ])("takes a picture of %i x %i", async (width, height) => {
    await savePng("a.png", width, height);
    expect((await upscale("a.png")).code).toBe(0);
    expect(await pixels("a-4x.png")).toMatchObject({ width: 4 * width, height: 4 * height });
  });

  it("keeps alpha, flat where it was flat", async () => {
    await texture(5, 4)
      .joinChannel(Buffer.alloc(20, 99), { raw: { width: 5, height: 4, channels: 1 } })
      .png()
      .toFile(at("a.png"));
    expect((await upscale("a.png")).code).toBe(0);
    const { data, channels } = await pixels("a-4x.png");
    expect(channels).toBe(4);
    for (let i = 3; i < data.length; i += 4) expect(data[i]).toBe(99);
  });

  it("applies the EXIF orientation and does not repeat it", async () => {
    await texture(6, 4).withMetadata({ orientation: 6 }).jpeg().toFile(at("a.jpg"));
    expect((await upscale("a.jpg")).code).toBe(0);
    const { width, height, orientation } = await sharp(at("a-4x.png")).metadata();
    expect({ width, height, upright: (orientation ?? 1) === 1 }).toEqual({
      width: 16,
      height: 24,
      upright: true,
    });
  });

  it("takes grey pictures and writes JPEG and WebP", async () => {
    await sharp({ create: { width: 6, height: 6, channels: 3, background: "#777777" } })
      .toColourspace("b-w")
      .png()
      .toFile(at("grey.png"));
    expect((await upscale("grey.png", "-o", "big.jpg")).code).toBe(0);
    expect((await upscale("grey.png", "-o", "big.webp")).code).toBe(0);
    expect(await sharp(at("big.jpg")).metadata()).toMatchObject({ format: "jpeg", width: 24 });
    expect(await sharp(at("big.webp")).metadata()).toMatchObject({ format: "webp", width: 24 });
  });

  it("takes more steps when asked, and says so", async () => {
    await savePng("a.png");
    const { code, out } = await upscale("a.png", "--steps", "3");
    expect(code).toBe(0);
    expect(out).toContain("3 steps");
  });

  it("reads standard input and writes standard output, the report then on standard error", async () => {
    const stdin = await texture(4, 3).png().toBuffer();
    const words = ["upscale", "--model", MODEL, "--runtime", "cpu", "-"];
    const { code, bytes, err } = await tadsrIn({ stdin }, ...words);
    expect(code).toBe(0);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "png", width: 16, height: 12 });
    expect(err).toMatch(/^- -> -: 4 x 3 -> 16 x 12, model tiny/);
    const named = await tadsrIn({ stdin }, ...words, "-o", "x.webp");
    expect(named.code).toBe(0);
    expect(named.out).toMatch(/^- -> x\.webp: /);
  });

  it("shows progress on a terminal and wipes it away; in a pipe none (the other tests)", async () => {
    await savePng("a.png", 30, 30);
    const words = ["upscale", "--model", MODEL, "--runtime", "cpu", "--tile", "4", "a.png"];
    const { err } = await tadsrIn({ isTerminal: true }, ...words);
    expect(err).toContain("100 % of 4 tiles a.png");
    expect(err.endsWith("\r\u001b[2K")).toBe(true);
  });

  it("goes on after a bad file and says at the end which failed", async () => {
    mkdirSync(at("in"));
    await savePng("in/a.png");
    writeFileSync(at("in/b.jpg"), "no picture");
    await savePng("in/c.png");
    const { code, out, err } = await upscale("in", "missing.png", "-o", "out");
    expect(code).toBe(1);
    expect(out.trimEnd().split("\n")).toHaveLength(2);
    expect(readdirSync(at("out")).sort()).toEqual(["a-4x.png", "c-4x.png"]);
    // Of the batch's times only the words; its figures are tested with a clock of their own.
    const lines = err
      .trimEnd()
      .replaceAll(/\d+(\.\d)? (s\b|%)/g, "_ $2")
      .split("\n");
    expect(lines).toEqual([
      "tadsr: missing.png: it does not exist; check the name",
      "tadsr: in/b.jpg: this is not a PNG, JPEG or WebP picture, whatever its name; convert it to one",
      "tadsr: 2 pictures in _ s: computing _ s (_ %), waiting _ s for reading and _ s for writing",
      "tadsr: 2 of 4 failed: missing.png, in/b.jpg",
    ]);
  });

  it("says on standard error when a start's parts were done, where TADSR_TRACE is 1", async () => {
    vi.stubEnv("TADSR_TRACE", "1");
    try {
      await savePng("a.png", 8, 8);
      const { code, err } = await upscale("a.png", "--tile", "4");
      expect({ code, lines: err.replaceAll(/\d+\.\d/g, "_") }).toEqual({
        code: 0,
        lines: "trace model-read _\ntrace runtime-open _\ntrace tile-started _\ntrace tile-done _\n",
      });
      const times = [...err.matchAll(/\d+\.\d/g)].map(([text]) => Number(text));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("takes back what it registered for an interruption", async () => {
    await savePng("a.png");
    expect((await upscale("a.png")).undoing.size).toBe(0);
  });
});

/** Runs, and expects one line on standard error, nothing written, no stack. */
const refused = async (code: number, message: string | RegExp, words: readonly string[]) => {
  const before = readdirSync(folder.path, { recursive: true }).sort();
  const result = await upscale(...words);
  expect(result.err).toMatch(/^tadsr: [^\n]*\n$/);
  expect(result.err).toMatch(
    message instanceof RegExp ? message : new RegExp(message.replace(/[.()[\]*+?]/g, "\\$&")),
  );
  expect(result).toMatchObject({ code, out: "" });
  expect(readdirSync(folder.path, { recursive: true }).sort()).toEqual(before);
};

describe("tadsr upscale refuses, with one line,", () => {
  it("a missing file", () => refused(1, "no.jpg: it does not exist", ["no.jpg"]));

  it("a folder without pictures", async () => {
    mkdirSync(at("empty"));
    await refused(1, "empty: no PNG, JPEG or WebP picture in this folder", ["empty"]);
  });

  it("a pattern without matches", () =>
    refused(1, "*.webp: no PNG, JPEG or WebP picture matches", ["*.webp"]));

  it("zero bytes", async () => {
    writeFileSync(at("a.png"), "");
    await refused(1, "a.png: the file is empty (zero bytes)", ["a.png"]);
  });

  it("a truncated JPEG", async () => {
    const whole = await texture(64, 64).jpeg().toBuffer();
    writeFileSync(at("a.jpg"), whole.subarray(0, whole.length / 2));
    await refused(1, "a.jpg: the picture is damaged or cut off", ["a.jpg"]);
  });

  it("a text named .jpg", async () => {
    writeFileSync(at("a.jpg"), "hello");
    await refused(1, "a.jpg: this is not a PNG, JPEG or WebP picture", ["a.jpg"]);
  });

  it("an output that exists", async () => {
    await savePng("a.png");
    writeFileSync(at("a-4x.png"), "mine");
    await refused(1, "output a-4x.png exists already; add --force", ["a.png"]);
    expect(readFileSync(at("a-4x.png"), "utf8")).toBe("mine");
    expect((await upscale("a.png", "--force")).code).toBe(0);
    expect(await pixels("a-4x.png")).toMatchObject({ width: 24 });
    expect(leftovers()).toEqual([]);
  });

  it("an output in a missing folder, under a file, and a folder that cannot be made", async () => {
    await savePng("a.png");
    writeFileSync(at("file"), "");
    await refused(1, "output nowhere/b.png cannot be written: its folder does not exist", [
      ...["a.png", "-o", "nowhere/b.png"],
    ]);
    await refused(1, "output file/b.png cannot be written: a part of its path is a file", [
      ...["a.png", "-o", "file/b.png"],
    ]);
    await refused(1, "output file/deeper cannot be written", ["a.png", "-o", "file/deeper/"]);
  });

  it("an output of another format, or of no room for the size", async () => {
    await savePng("a.png");
    await refused(2, "output a.gif ends in .gif; name it .png", ["a.png", "-o", "a.gif"]);
    await sharp({ create: { width: 4096, height: 1, channels: 3, background: "red" } })
      .png()
      .toFile(at("long.png"));
    await refused(1, "long.png: the output would be 16384 x 4, and WEBP holds at most 16383", [
      ...["long.png", "-o", "x.webp"],
    ]);
  });

  it.each([
    ["an unknown option", ["--colour", "a.png"], "unknown option '--colour'"],
    [
      "tile 0",
      ["--tile", "0", "a.png"],
      "option '--tile <n>' argument '0' is invalid. It must be a whole number",
    ],
    ["seed abc", ["--seed", "abc", "a.png"], "option '--seed <n>' argument 'abc' is invalid"],
    ["seed -1", ["--seed", "-1", "a.png"], "option '--seed <n>' argument '-1' is invalid"],
    ["seed 1.5", ["--seed", "1.5", "a.png"], "argument '1.5' is invalid"],
    [
      "an unknown runtime",
      ["--runtime", "abacus", "a.png"],
      "Allowed choices are auto, onnx, onnx-webgpu, onnx-cuda, webgpu, tensorflow, wasm",
    ],
    ["no picture", [], "missing required argument 'pictures'"],
  ])("%s, with exit code 2", (_name, words, message) => refused(2, message, words));

  it("more steps than the model's schedule has", async () => {
    await savePng("a.png");
    await refused(2, /--steps 9 is too many: model tiny has a schedule of 4/, ["a.png", "--steps", "9"]);
  });
});

describe("tadsr upscale refuses a model, with one line,", () => {
  const withModel = async (message: string | RegExp, change: (weights: Buffer) => Buffer) => {
    await savePng("a.png");
    mkdirSync(at("model"));
    copyFileSync(join(MODEL, "model.json"), at("model/model.json"));
    const weights = readFileSync(join(MODEL, "model.safetensors"));
    writeFileSync(at("model/model.safetensors"), change(weights));
    await refused(1, message, ["a.png", "--model", "model"]);
  };

  it("that does not exist", async () => {
    await savePng("a.png");
    await refused(1, /no-such-model: neither a shipped model nor a folder/, [
      "a.png",
      "--model",
      "no-such-model",
    ]);
  });

  it("with a missing tensor", () =>
    withModel(/model\.safetensors: .*is missing/, (weights) => {
      const end = 8 + Number(weights.readBigUInt64LE(0));
      const header = JSON.parse(weights.subarray(8, end).toString()) as Record<string, unknown>;
      const name = Object.keys(header).find((key) => key.endsWith(".weight")) ?? "";
      return withRenamedTensor(weights, name, "someone.else");
    }));

  it("with a tensor of the wrong shape", () =>
    withModel(/model\.safetensors: .*found shape \[.*\], expected \[/, (weights) => {
      const end = 8 + Number(weights.readBigUInt64LE(0));
      const text = weights.subarray(8, end).toString();
      // A bias [8] becomes [4, 2]: as many numbers, another shape; the header keeps its length.
      const changed = text.replace(/"shape":\[8\](.*?) +$/s, '"shape":[4,2]$1');
      expect(changed).not.toBe(text);
      const header = Buffer.from(changed.padEnd(text.length));
      return Buffer.concat([weights.subarray(0, 8), header, weights.subarray(end)]);
    }));

  it("cut off", () => withModel(/model\.safetensors: .*cut off/, (weights) => weights.subarray(0, -100)));

  it("whose model.json is none", async () => {
    await savePng("a.png");
    mkdirSync(at("model"));
    writeFileSync(at("model/model.json"), "{");
    await refused(1, /model\.json: /, ["a.png", "--model", "model"]);
  });
});

describe("tadsr demo", () => {
  it("lays bicubic, the model and the original side by side, labelled", async () => {
    const { code, out, err } = await tadsrIn({}, "demo", "--model", MODEL, "--runtime", "cpu");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^tadsr-demo\.png: bicubic \| tadsr \| original, model tiny, runtime cpu, 1 step, seed 0/,
    );
    const { width, height, data, channels } = await pixels("tadsr-demo.png");
    expect({ width, height }).toEqual({ width: 3 * 568 + 8, height: 44 + 480 + 8 });
    // Ink in each label's strip.
    for (const panel of [0, 1, 2]) {
      const darkest = Math.min(
        ...Array.from({ length: 560 }, (_, x) => data[(24 * width + 8 + panel * 568 + x) * channels] ?? 255),
      );
      expect(darkest).toBeLessThan(128);
    }
    expect(statSync(at("tadsr-demo.png")).size).toBeGreaterThan(100_000);
    const again = await tadsrIn({}, "demo", "--model", MODEL, "--runtime", "cpu");
    expect(again).toMatchObject({
      code: 1,
      err: "tadsr: output tadsr-demo.png exists already; add --force to replace it\n",
    });
    expect(existsSync(at("tadsr-demo.png"))).toBe(true);
  });
});
