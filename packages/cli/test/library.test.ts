/** Three lines for programs: promises around the functional packages. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "@tadsr/files";
import { placeTile, upscale } from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openUpscaler, type Picture, savePicture, TadsrError } from "../src/index.ts";
import { temporaryFolder } from "./memory-shell.ts";
import { saveTinyModel } from "./tiny-model.ts";
import { saveRandom, tinyAutoencoder, tinyUNet } from "./tiny-paper-networks.ts";
import { savePictureNetwork, tinySrvgg } from "./tiny-picture-networks.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);

const photo = (channels: 3 | 4) =>
  sharp(
    Uint8Array.from({ length: 12 * 10 * channels }, (_, i) => (i * 37 + (i >> 5) * 11) % 256),
    { raw: { width: 12, height: 10, channels } },
  ).png();

const small = { model: at("small"), runtime: "cpu", tile: 4 } as const;

beforeAll(async () => {
  await saveTinyModel(at("small"));
  await saveRandom(at("net.pth"), tinyUNet);
  await saveRandom(at("vq.pth"), tinyAutoencoder);
  await savePictureNetwork(at("srvgg.pth"), tinySrvgg);
  await photo(3).toFile(at("a.png"));
  await photo(4).toFile(at("veiled.png"));
});
afterAll(() => folder.remove());

/** What a promise rejects with. */
const errorOf = async (promise: Promise<unknown>): Promise<{ code: string; message: string }> => {
  const thrown: unknown = await promise.then(
    () => null,
    (reason) => reason,
  );
  if (!(thrown instanceof TadsrError)) throw new Error(`no TadsrError: ${String(thrown)}`);
  return { code: thrown.code, message: thrown.message };
};

describe("an open upscaler", () => {
  it("makes of a path, of bytes and of pixels what the functional packages make", async () => {
    const upscaler = await openUpscaler({ ...small, seed: 7 });
    const { name, factor, runtime, settings } = upscaler;
    const expected = { name: "tiny", factor: 4, runtime: "cpu", settings: { seed: 7, steps: 1, tile: 4 } };
    expect({ name, factor, runtime, settings }).toEqual(expected);
    const data = new Uint8Array(await photo(3).raw().toBuffer());
    const picture = { width: 12, height: 10, channels: 3, data } as const;
    const ofPath = await upscaler.upscale(at("a.png"));
    expect(await upscaler.upscale(new Uint8Array(readFileSync(at("a.png"))))).toEqual(ofPath);
    expect(await upscaler.upscale(picture)).toEqual(ofPath);
    await upscaler.close();
    const model = await loadModel(at("small"))();
    const engine = await runtimes.cpu.open();
    if (E.isLeft(model) || E.isLeft(engine)) throw new Error("the functional packages do not open it");
    const functional = await upscale(engine.right, model.right)(picture, { seed: 7 })();
    expect(functional).toEqual(E.right({ width: 48, height: 40, channels: 3, data: ofPath.data }));
  });

  it.each([
    ["of the paper's kind", { model: at("net.pth"), autoencoder: at("vq.pth"), tile: 64 }, 1],
    ["that is a network of pictures", { model: at("srvgg.pth"), tile: 4 }, 4],
  ])("takes a model %s", async (_, options, factor) => {
    const upscaler = await openUpscaler({ runtime: "wasm", ...options });
    const result = await upscaler.upscale(at("a.png"));
    expect(upscaler.factor).toBe(factor);
    expect(result).toMatchObject({ width: 12 * factor, height: 10 * factor, channels: 3 });
    expect(result.alpha).toBeUndefined();
    expect(upscaler.parameters).toBeGreaterThan(100);
    await upscaler.close();
  });

  it("gives parts as they are done, which are the whole together", async () => {
    const upscaler = await openUpscaler(small);
    const whole = await upscaler.upscale(at("a.png"));
    const assembled = { ...whole, data: new Uint8Array(whole.data.length) };
    const counted: string[] = [];
    for await (const tile of upscaler.tiles(at("a.png"))) {
      placeTile(assembled, tile);
      counted.push(`${tile.done}/${tile.total}`);
    }
    expect(assembled).toEqual(whole);
    expect(counted).toEqual(counted.map((_, i) => `${i + 1}/${counted.length}`));
    await upscaler.close();
  });

  it("keeps alpha, and saves it as the path's ending says", async () => {
    const upscaler = await openUpscaler(small);
    const larger = await upscaler.upscale(at("veiled.png"));
    await upscaler.close();
    expect(larger.alpha).toHaveLength(48 * 40);
    const before = larger.data.slice();
    for (const name of ["b.png", "b.jpg"]) await savePicture(larger, at(name));
    expect(larger.data).toEqual(before);
    expect(await sharp(at("b.png")).metadata()).toMatchObject({ width: 48, height: 40, channels: 4 });
    expect(await sharp(at("b.jpg")).metadata()).toMatchObject({ format: "jpeg", channels: 3 });
    const again = await sharp(at("b.png")).removeAlpha().raw().toBuffer();
    expect(new Uint8Array(again)).toEqual(before);
  });

  it("makes pictures that are asked for at once one after another, and closes after them", async () => {
    const upscaler = await openUpscaler(small);
    const told: string[] = [];
    const asked = ["a", "b"].map((name) =>
      upscaler.upscale(at("a.png"), { onProgress: (done) => told.push(`${name}${done}`) }),
    );
    const closed = upscaler.close().then(() => told.push("closed"));
    await Promise.all([...asked, closed]);
    const count = (told.length - 1) / 2;
    const of = (name: string) => Array.from({ length: count }, (_, done) => `${name}${done}`);
    expect(told).toEqual([...of("a"), ...of("b"), "closed"]);
  });
});

describe("a TadsrError", () => {
  it.each([
    [{ model: "no-such-model" }, "unknown-model", /no-such-model: neither a shipped model nor a folder/],
    [{ model: at("net.pth") }, "invalid-option", /net\.pth: it works on an autoencoder's latents; name that/],
    [{ model: at("a.png") }, "invalid-model", /a\.png/],
    [{ ...small, tile: 0 }, "invalid-option", /^tile is 0; allowed: a whole number from 1/],
    [{ ...small, seed: -1 }, "invalid-option", /^seed is -1; allowed/],
    [{ ...small, steps: 9 }, "invalid-option", /^steps is 9; allowed: a whole number from 1 to 4/],
    [{ ...small, threads: 2 }, "no-runtime", /^runtime cpu computes on one thread, and 2 are asked for/],
    [{ runtime: "gpu" as "cpu" }, "invalid-option", /^runtime is gpu; allowed: auto, reference, cpu/],
  ])("says why %j cannot be opened", async (options, code, message) => {
    expect(await errorOf(openUpscaler(options))).toEqual({
      code,
      message: expect.stringMatching(message),
    });
  });

  it("says what is wrong with a picture, that the signal stopped it, and that all is closed", async () => {
    writeFileSync(at("text.png"), "dear diary");
    const upscaler = await openUpscaler(small);
    const { upscale, tiles } = upscaler;
    expect(await errorOf(upscale(at("absent.png")))).toMatchObject({ code: "invalid-picture" });
    expect((await errorOf(upscale(at("text.png")))).message).toMatch(/this is not a PNG, JPEG or WebP/);
    const wrong = { width: 2, height: 2, channels: 3, data: new Uint8Array(5) } as const;
    const veiled = { ...wrong, data: new Uint8Array(12), alpha: new Uint8Array(3) };
    expect(await errorOf(upscale(veiled))).toEqual({
      code: "invalid-picture",
      message: "the picture's alpha has 3 bytes; 2 x 2 pixels have 4",
    });
    expect(await errorOf(upscale(wrong))).toMatchObject({ code: "invalid-picture" });
    expect(await errorOf(tiles(wrong).next())).toMatchObject({ code: "invalid-picture" });
    const signal = AbortSignal.abort();
    expect(await errorOf(upscale(at("a.png"), { signal }))).toMatchObject({ code: "aborted" });
    await upscaler.close();
    await upscaler.close();
    const closed = { code: "closed", message: "the upscaler of tiny was closed; open another one" };
    expect(await errorOf(upscale(at("a.png")))).toEqual(closed);
    expect(await errorOf(tiles(at("a.png")).next())).toEqual(closed);
  });

  it("says why a picture cannot be saved", async () => {
    const picture: Picture = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) };
    expect(await errorOf(savePicture(picture, at("a.gif")))).toMatchObject({ code: "invalid-option" });
    expect(await errorOf(savePicture(picture, at("absent/a.png")))).toMatchObject({
      code: "cannot-write",
      message: `${at("absent/a.png")}: it cannot be written: its folder does not exist`,
    });
    for (const wrong of [{ alpha: new Uint8Array(2) }, { data: new Uint8Array(5) }])
      for (const name of ["wrong.png", "wrong.jpg"])
        expect(await errorOf(savePicture({ ...picture, ...wrong }, at(name)))).toMatchObject({
          code: "invalid-picture",
        });
  });
});
