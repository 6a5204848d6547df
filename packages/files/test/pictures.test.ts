import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodePicture, encoder, sniffFormat } from "../src/index.ts";

const decoded = async (bytes: Uint8Array): Promise<Picture> => {
  const result = await decodePicture("x", bytes)();
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const refusal = async (bytes: Uint8Array): Promise<string> => {
  const result = await decodePicture("x.jpg", bytes)();
  return E.isLeft(result) ? result.left.message : "no refusal";
};

/** Two pixels side by side. */
const twoPixels = (data: readonly number[], channels: 1 | 2 | 3 | 4) =>
  sharp(Uint8Array.from(data), { raw: { width: 2, height: 1, channels } });

describe("decoding", () => {
  it("keeps the pixels of an 8-bit RGB PNG", async () => {
    const picture = await decoded(await twoPixels([1, 2, 3, 250, 251, 252], 3).png().toBuffer());
    expect({ ...picture, data: [...picture.data] }).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      data: [1, 2, 3, 250, 251, 252],
    });
  });

  it("takes alpha apart", async () => {
    const picture = await decoded(await twoPixels([1, 2, 3, 40, 5, 6, 7, 80], 4).png().toBuffer());
    expect([...picture.data]).toEqual([1, 2, 3, 5, 6, 7]);
    expect([...(picture.alpha ?? [])]).toEqual([40, 80]);
  });

  it("makes three channels of grey ones, with and without alpha", async () => {
    const grey = await decoded(await twoPixels([9, 200], 1).toColourspace("b-w").png().toBuffer());
    expect([...grey.data]).toEqual([9, 9, 9, 200, 200, 200]);
    expect(grey.alpha).toBeUndefined();
    const veiled = await decoded(await twoPixels([9, 30, 200, 60], 2).toColourspace("b-w").png().toBuffer());
    expect([...veiled.data]).toEqual([9, 9, 9, 200, 200, 200]);
    expect([...(veiled.alpha ?? [])]).toEqual([30, 60]);
  });

  it.each([
    ["rgb16", 3],
    ["rgb16 with alpha", 4],
    ["grey16", 1],
  ] as const)("reduces 16 bits to 8 by value, not by cutting: %s", async (name, channels) => {
    const samples = Uint16Array.from({ length: 2 * channels }, (_, i) => (i < channels ? 0x8000 : 0xffff));
    const bytes = await sharp(samples, { raw: { width: 2, height: 1, channels } })
      .toColourspace(channels === 1 ? "grey16" : "rgb16")
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe("ushort");
    const picture = await decoded(bytes);
    expect([...picture.data]).toEqual([128, 128, 128, 255, 255, 255]);
    expect([...(picture.alpha ?? [])]).toEqual(name === "rgb16 with alpha" ? [128, 255] : []);
  });

  it("converts CMYK to sRGB: red stays red", async () => {
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#e02020" } })
      .toColourspace("cmyk")
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe("cmyk");
    const { data: rgb } = await decoded(bytes);
    expect(rgb).toHaveLength(8 * 8 * 3);
    const [r = 0, g = 0, b = 0] = rgb;
    expect(r).toBeGreaterThan(180);
    expect(Math.max(g, b)).toBeLessThan(90);
  });

  it("applies the EXIF orientation", async () => {
    const bytes = await twoPixels([255, 0, 0, 0, 0, 255], 3)
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const { width, height, data: rgb } = await decoded(bytes);
    expect({ width, height, data: [...rgb] }).toEqual({ width: 1, height: 2, data: [255, 0, 0, 0, 0, 255] });
  });

  it("expands a palette", async () => {
    const bytes = await twoPixels([255, 0, 0, 0, 0, 255], 3).png({ palette: true }).toBuffer();
    expect([...(await decoded(bytes)).data]).toEqual([255, 0, 0, 0, 0, 255]);
  });

  it("reads WebP and JPEG", async () => {
    const flat = sharp({ create: { width: 3, height: 5, channels: 3, background: { r: 90, g: 90, b: 90 } } });
    for (const bytes of [await flat.clone().webp().toBuffer(), await flat.clone().jpeg().toBuffer()]) {
      const { width, height, data: rgb } = await decoded(bytes);
      expect({ width, height }).toEqual({ width: 3, height: 5 });
      for (const value of rgb) expect(Math.abs(value - 90)).toBeLessThanOrEqual(1);
    }
  });

  it("refuses what is empty, what is no picture, and what other format it is", async () => {
    expect(await refusal(new Uint8Array(0))).toMatch(/^x\.jpg: the file is empty \(zero bytes\); give a PNG/);
    expect(await refusal(Buffer.from("dear diary"))).toMatch(/^x\.jpg: this is not a PNG, JPEG or WebP/);
    expect(await refusal(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toMatch(
      /this is not a PNG/,
    );
  });

  it.each(["jpeg", "png", "webp"] as const)("refuses a %s that is cut off, wherever", async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
    const bytes = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    for (const part of [0.1, 0.5, 0.95]) {
      const message = await refusal(bytes.subarray(0, Math.floor(bytes.length * part)));
      expect(message).toMatch(/^x\.jpg: the picture is damaged or cut off \(.*\); get a whole copy of it$/);
      expect(message).not.toContain("\n");
    }
  });
});

describe("encoding", () => {
  const picture = (): Picture => ({
    width: 2,
    height: 1,
    channels: 3,
    data: Uint8Array.from([10, 20, 30, 200, 210, 220]),
    alpha: Uint8Array.from([0, 255]),
  });

  it("writes PNG without loss, with alpha", async () => {
    const bytes = await (await encoder(picture(), "png")).toBuffer();
    expect(sniffFormat(bytes)).toBe("png");
    const { data: rgb, alpha } = await decoded(bytes);
    expect([...rgb]).toEqual([10, 20, 30, 200, 210, 220]);
    expect([...(alpha ?? [])]).toEqual([0, 255]);
  });

  it("keeps alpha in WebP and lays a JPEG on white", async () => {
    const webp = await (await encoder(picture(), "webp")).toBuffer();
    expect(sniffFormat(webp)).toBe("webp");
    expect([...((await decoded(webp)).alpha ?? [])]).toEqual([0, 255]);
    const wide: Picture = {
      width: 16,
      height: 16,
      channels: 3,
      data: new Uint8Array(16 * 16 * 3).fill(50),
      alpha: new Uint8Array(16 * 16),
    };
    const jpeg = await (await encoder(wide, "jpeg")).toBuffer();
    expect(wide.data.every((value) => value === 50)).toBe(true);
    expect(sniffFormat(jpeg)).toBe("jpeg");
    const flattened = await decoded(jpeg);
    expect(flattened.alpha).toBeUndefined();
    for (const value of flattened.data) expect(value).toBeGreaterThanOrEqual(254);
  });
});
