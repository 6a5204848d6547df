import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NdArray } from "@tadsr/core";
import { openCheckpoint, writeWeights } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";
import { saveRandom, tinyAutoencoder, tinyUNet } from "./tiny-paper-networks.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  folder = temporaryFolder();
  await saveRandom(at("unet.pth"), tinyUNet);
  await saveRandom(at("vq.pth"), tinyAutoencoder);
});
afterEach(() => folder.remove());
const at = (name: string): string => join(folder.path, name);
const pytorch = (name: string): string =>
  join(import.meta.dirname, "../../model/test/fixtures/pytorch", name);

const tadsr = async (...words: readonly string[]) => {
  const { shell, out, err } = memoryShell(folder.path);
  const code = await run(shell, words);
  return { code, out: out(), err: err() };
};

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const bytesOf = (data: NdArray["data"]): Buffer => Buffer.from(Float32Array.from(data).buffer);

const FLOATS = ["F32", "F16", "BF16", "F64"];

/** Every tensor of a file's group, by name, with its type. */
const content = async (
  file: string,
  path?: string,
): Promise<ReadonlyMap<string, NdArray & { readonly dtype: string }>> => {
  const opened = right(await openCheckpoint(file)());
  const group = opened.groups.find((one) => path === undefined || one.path === path);
  const tensors = new Map<string, NdArray & { readonly dtype: string }>();
  for (const entry of group?.entries.values() ?? []) {
    const read = FLOATS.includes(entry.dtype) ? opened.read : opened.readIntegers;
    tensors.set(entry.name, { ...right(await read(entry)()), dtype: entry.dtype });
  }
  await opened.close();
  return tensors;
};

describe("tadsr convert", () => {
  it("keeps every name, shape, type and number, there and back", async () => {
    const { code, out, err } = await tadsr("convert", "unet.pth", "unet.safetensors");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^unet\.pth -> unet\.safetensors: \d+ tensors, .* MB -> .* MB, every number as it was\n$/,
    );
    expect((await tadsr("convert", "unet.safetensors", "back.pth")).code).toBe(0);
    const before = await content(at("unet.pth"));
    expect(before.size).toBeGreaterThan(50);
    for (const name of ["unet.safetensors", "back.pth"]) {
      const after = await content(at(name));
      expect([...after.keys()]).toEqual([...before.keys()]);
      for (const [key, { shape, dtype, data }] of before) {
        expect(after.get(key)).toMatchObject({ shape, dtype });
        // As bytes, because comparing a million numbers one by one takes long.
        expect(bytesOf(after.get(key)?.data ?? new Float32Array(0)).equals(bytesOf(data))).toBe(true);
      }
    }
  });

  it("keeps whole numbers, and removes prefixes", async () => {
    await tadsr("convert", pytorch("integers.pth"), "integers.safetensors", "--dtype", "F16");
    const before = await content(pytorch("integers.pth"));
    const after = await content(at("integers.safetensors"));
    expect([...after.values()].map(({ dtype }) => dtype)).toEqual(
      [...before.values()].map(({ dtype }) => (dtype === "F32" ? "F16" : dtype)),
    );
    for (const [name, { data }] of before) if (name !== "weight") expect(after.get(name)?.data).toEqual(data);
    await tadsr("convert", pytorch("both.pth"), "both.safetensors");
    expect(readFileSync(at("both.safetensors"), "latin1")).not.toContain("module.");
  });

  it("rounds to the type that is asked for, and says so", async () => {
    const { out } = await tadsr("convert", "vq.pth", "half.safetensors", "--dtype", "BF16");
    expect(out).toMatch(/(\d+) tensors.*\1 of them rounded/);
    const [before, after] = [await content(at("vq.pth")), await content(at("half.safetensors"))];
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [name, { data, dtype }] of after) {
      const given = before.get(name)?.data ?? [];
      const isNear = data.every((value, i) => Math.abs(value - Number(given[i])) <= Math.abs(value) / 256);
      expect({ name, dtype, isNear }).toEqual({ name, dtype: "BF16", isNear: true });
    }
  });

  it("takes the group that is asked for", async () => {
    await tadsr("convert", pytorch("training.pth"), "params.safetensors", "--group", "params");
    expect(await content(at("params.safetensors"))).toEqual(await content(pytorch("training.pth"), "params"));
  });

  it("makes a folder for upscale from two files", async () => {
    const { code, out, err } = await tadsr(
      ...["convert", "unet.pth", "model/", "--autoencoder", "vq.pth", "--config", "faceir-s4"],
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: "model: faceir-s4, 1x, 4 steps; use it with --model model\n",
    });
    expect(err).toMatch(/^tadsr: assumed: .*imageSize.*\n$/);
    expect(readdirSync(at("model")).sort()).toEqual([
      "autoencoder.safetensors",
      "model.json",
      "model.safetensors",
    ]);
    const description = JSON.parse(readFileSync(at("model/model.json"), "utf8"));
    expect(description).toMatchObject({
      format: "tadsr-model/1",
      network: tinyUNet,
      latent: { kind: "vq", autoencoder: tinyAutoencoder },
      steps: 4,
    });
    const { default: sharp } = await import("sharp");
    await sharp({ create: { width: 9, height: 7, channels: 3, background: "teal" } }).toFile(at("a.png"));
    const words = ["upscale", "a.png", "--runtime", "wasm", "--steps", "1"];
    const fromFolder = await tadsr(...words, "--model", "model", "--out", "folder.png");
    expect(fromFolder.out).toMatch(/9 x 7 -> 9 x 7, model faceir-s4/);
    const files = ["--model", "unet.pth", "--autoencoder", "vq.pth", "--config", "faceir-s4"];
    expect((await tadsr(...words, ...files, "--out", "files.png")).code).toBe(0);
    expect(readFileSync(at("folder.png"))).toEqual(readFileSync(at("files.png")));
  });

  it("refuses in one line what it cannot do, and leaves nothing behind", async () => {
    const before = readdirSync(folder.path).sort();
    for (const [code, words, reason] of [
      [1, ["vq.pth", "unet.pth"], "exists already"],
      [1, ["nowhere.pth", "a.safetensors"], "it does not exist"],
      [2, ["vq.pth", "a.bin"], "name it .safetensors or .pth"],
      [2, ["unet.pth", "model/"], "needs the autoencoder too"],
      [2, ["unet.pth", "a.safetensors", "--autoencoder", "vq.pth"], "is a file's name; name a folder"],
      [2, ["unet.pth", "a.safetensors", "--config", "tad-sr-s1"], "add --autoencoder, or leave --config out"],
      [2, ["unet.pth", "model", "--config", "big"], "Allowed choices are realsr-s15"],
      [1, ["vq.pth", "model", "--autoencoder", "unet.pth"], "expected a UNet with Swin layers"],
      [1, ["unet.pth", "model", "--autoencoder", "unet.pth"], "expected a VQ autoencoder"],
      [1, ["unet.pth", "model", "--autoencoder", "vq.pth", "--config", "tad-sr-s1"], "pyramid"],
    ] as const) {
      const done = await tadsr("convert", ...words);
      expect({ code: done.code, out: done.out }).toEqual({ code, out: "" });
      expect(done.err).toMatch(/^tadsr: [^\n]*\n$/);
      expect(done.err).toContain(reason);
    }
    expect(readdirSync(folder.path).sort()).toEqual(before);
  });

  it("says which number does not fit, by the output's own name, and writes nothing", async () => {
    const tensor: NdArray = { shape: [2], data: Float32Array.of(1, 70_000) };
    const tensors = [
      { name: "a", dtype: "F32", shape: [2], read: () => Promise.resolve(E.right(tensor)) },
    ] as const;
    right(await writeWeights(at("large.safetensors"), tensors, { format: "safetensors" })());
    const { code, err } = await tadsr("convert", "large.safetensors", "small.safetensors", "--dtype", "F16");
    expect({ code, err }).toEqual({
      code: 1,
      err: 'tadsr: small.safetensors: tensor "a": 70000 does not fit into F16; write BF16 or F32\n',
    });
    expect(existsSync(at("small.safetensors"))).toBe(false);
    expect((await tadsr("convert", "large.safetensors", "wide.safetensors", "--dtype", "BF16")).code).toBe(0);
  });

  it("says if numbers of 64 bits are rounded to 32", async () => {
    const { out } = await tadsr("convert", pytorch("double.pth"), "single.safetensors");
    expect(out).toMatch(/2 tensors.*2 of them rounded/);
    const types = [...(await content(at("single.safetensors"))).values()].map(({ dtype }) => dtype);
    expect(types).toEqual(["F32", "F32"]);
  });
});
