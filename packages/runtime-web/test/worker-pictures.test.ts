/** What the worker does with pixels: parts of a picture as they are shown, and PNG files row by row. */
import { uniform } from "@tadsr/core";
import { readCarried } from "@tadsr/metadata";
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodeJpeg } from "../src/worker/encode-jpeg.ts";
import { encodePng } from "../src/worker/encode-png.ts";
import { type KeptResult, keptResult, rowsOf } from "../src/worker/kept-result.ts";
import { reducedPart, viewOf } from "../src/worker/view-of-rows.ts";

const random = (count: number): Uint8Array =>
  Uint8Array.from(uniform({ seed: 3, stream: 0 }, 0, count), (value) => 256 * value);

const picture: Picture = { width: 23, height: 17, channels: 3, data: random(3 * 23 * 17) };

const kept = (width: number, height: number): KeptResult => {
  const result = keptResult({ width, height }, null);
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

describe("a result that is kept", () => {
  it("has each tile at its place", () => {
    const result = kept(23, 17);
    const place = { x: 4, y: 2, width: 5, height: 6 };
    result.place({ place, data: random(3 * 30) });
    expect(result.row(7).subarray(12, 27)).toEqual(random(3 * 30).subarray(75, 90));
    expect([...result.row(1)].every((value) => value === 0x80)).toBe(true);
  });

  it("says so if memory has no room for it", () => {
    expect(keptResult({ width: 2 ** 31, height: 2 ** 20 }, null)).toMatchObject({
      left: { code: "too-large" },
    });
  });
});

describe("a view", () => {
  it("of as many pixels is the picture itself", () => {
    const rectangle = { x: 3, y: 4, width: 6, height: 5 };
    const view = viewOf(rowsOf(picture), rectangle, rectangle);
    const at = 3 * (6 * 23 + 5);
    expect([...view.data.subarray(4 * (2 * 6 + 2), 4 * (2 * 6 + 2) + 4)]).toEqual([
      ...picture.data.subarray(at, at + 3),
      255,
    ]);
  });

  it("of fewer pixels is the mean of those it covers", () => {
    const two: Picture = {
      width: 2,
      height: 2,
      channels: 3,
      data: Uint8Array.of(0, 1, 2, 8, 9, 10, 4, 5, 6, 4, 5, 6),
    };
    const whole = { x: 0, y: 0, width: 2, height: 2 };
    expect([...viewOf(rowsOf(two), whole, { width: 1, height: 1 }).data]).toEqual([4, 5, 6, 255]);
  });

  it("of every tile covers the preview once", () => {
    const result = { ...rowsOf(picture), place: () => undefined };
    const parts = [0, 11].flatMap((x) =>
      [0, 9].map((y) => ({ x, y, width: x === 0 ? 11 : 12, height: y === 0 ? 9 : 8 })),
    );
    const seen = new Set<string>();
    for (const place of parts) {
      const { at, reduced } = reducedPart(result, place, 4);
      for (let y = 0; y < reduced.height; y++)
        for (let x = 0; x < reduced.width; x++) seen.add(`${at.x + x},${at.y + y}`);
    }
    expect(seen.size).toBe(6 * 5);
  });
});

const decoded = async (blob: Blob) =>
  sharp(new Uint8Array(await blob.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });

describe("a PNG written row by row", () => {
  it("is read by another program as the same picture", async () => {
    const { data, info } = await decoded(await encodePng(rowsOf(picture), {}));
    expect(info).toMatchObject({ width: 23, height: 17, channels: 3 });
    expect(new Uint8Array(data)).toEqual(picture.data);
  });

  it("has alpha, and what the file carries", async () => {
    const alpha = random(23 * 17);
    const icc = new Uint8Array(400).fill(7);
    const blob = await encodePng(rowsOf({ ...picture, alpha }), { icc });
    const { data, info } = await decoded(blob);
    expect(info.channels).toBe(4);
    expect(data.filter((_, i) => i % 4 === 3)).toEqual(Buffer.from(alpha));
    expect((await blob.text()).includes("iCCP")).toBe(true);
  });
});

describe("a JPEG written some rows at a time", () => {
  const [width, height] = [99, 83];
  /** Smooth, with all kinds of colours. */
  const smooth: Picture = {
    width,
    height,
    channels: 3,
    data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
      return 128 + 127 * Math.sin(x / (9 + 5 * c)) * Math.cos(y / (7 + c));
    }),
  };
  const errorOf = (found: Uint8Array, expected: Uint8Array): number =>
    Math.sqrt(
      found.reduce((sum, value, i) => sum + (value - (expected[i] as number)) ** 2, 0) / found.length,
    );

  it("is read by another program as nearly the same picture, as near as that program's own JPEG", async () => {
    // Noise needs the rare codes too.
    const noise: Picture = { ...smooth, data: random(3 * width * height) };
    for (const given of [smooth, noise])
      for (const quality of [40, 92, 100]) {
        const { data, info } = await decoded(await encodeJpeg(rowsOf(given), {}, quality / 100));
        expect(info).toMatchObject({ width, height, channels: 3 });
        const raw = { width, height, channels: 3 } as const;
        const theirs = await sharp(given.data, { raw }).jpeg({ quality }).toBuffer();
        const error = errorOf(await sharp(theirs).raw().toBuffer(), given.data);
        expect(errorOf(data, given.data)).toBeLessThan(1.1 * error);
      }
  });

  it("lies on white where it is not opaque, and has what the file carries", async () => {
    const icc = new Uint8Array(100_000).fill(7);
    const clear = { ...smooth, alpha: new Uint8Array(width * height) };
    const blob = await encodeJpeg(rowsOf(clear), { icc }, 0.9);
    const { data } = await decoded(blob);
    expect(data.every((value) => value >= 254)).toBe(true);
    expect((await readCarried(new Uint8Array(await blob.arrayBuffer()))).icc).toEqual(icc);
  });
});
