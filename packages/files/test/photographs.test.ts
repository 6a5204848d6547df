import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { photographSize, readPhotograph } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "tadsr-photographs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const [WIDTH, HEIGHT] = [37, 23];

const drawn = (channels: 1 | 2 | 3 | 4): Sharp =>
  sharp(
    Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => (i * 7919 + (i >> 5) * 13) % 256),
    { raw: { width: WIDTH, height: HEIGHT, channels } },
  );

const drawn16 = (channels: 1 | 3 | 4): Sharp =>
  sharp(
    Uint16Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => (i * 7919 * 31) % 65_536),
    { raw: { width: WIDTH, height: HEIGHT, channels } },
  );

const KINDS: Readonly<Record<string, () => Sharp>> = {
  "rgb.png": () => drawn(3).png(),
  "alpha.png": () => drawn(4).png(),
  "grey.png": () => drawn(1).toColourspace("b-w").png(),
  "grey-alpha.png": () => drawn(2).toColourspace("b-w").png(),
  "rgb16.png": () => drawn16(3).toColourspace("rgb16").png(),
  "alpha16.png": () => drawn16(4).toColourspace("rgb16").png(),
  "grey16.png": () => drawn16(1).toColourspace("grey16").png(),
  "palette.png": () => drawn(3).png({ palette: true }),
  "turned.jpg": () => drawn(3).jpeg().withMetadata({ orientation: 6 }),
  "mirrored.jpg": () => drawn(3).jpeg().withMetadata({ orientation: 5 }),
  "cmyk.jpg": () => drawn(3).toColourspace("cmyk").jpeg(),
  "p3.png": () => drawn(3).withIccProfile("p3").png(),
  "alpha.webp": () => drawn(4).webp(),
  "rgb.tif": () => drawn(3).tiff(),
  "alpha.gif": () => drawn(4).gif(),
  "rgb.avif": () => drawn(3).avif(),
};
const NAMES = Object.keys(KINDS);

beforeAll(async () => {
  for (const [name, kind] of Object.entries(KINDS)) await kind().toFile(at(name));
});

/** sharp's own pipeline for training pictures, in which every earlier training decoded its photographs. */
const reference = async (name: string, size?: { readonly width: number; readonly height: number }) => {
  const upright = sharp(at(name), { failOn: "error" })
    .rotate()
    .flatten({ background: "white" })
    .toColourspace("srgb");
  const resized =
    size === undefined
      ? upright
      : upright.resize({ ...size, fit: "fill", kernel: "lanczos3", fastShrinkOnLoad: false });
  const { data, info } = await resized.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: [...data] };
};

const plain = <P extends { readonly data: Uint8Array }>(picture: P) => ({
  ...picture,
  data: [...picture.data],
});

describe("a photograph", () => {
  it.each(NAMES)("is decoded to the bytes that trainings have always seen: %s", async (name) => {
    const picture = right(await readPhotograph(at(name))());
    expect(plain(picture)).toEqual(await reference(name));
    expect(right(await photographSize(at(name))())).toEqual({ width: picture.width, height: picture.height });
    const half = { width: Math.round(picture.width / 2), height: Math.round(picture.height / 2) };
    expect(plain(right(await readPhotograph(at(name), half)()))).toEqual(await reference(name, half));
  });

  it("is turned upright, even while it is shrunk", async () => {
    const whole = right(await readPhotograph(at("turned.jpg"))());
    const half = right(await readPhotograph(at("turned.jpg"), { width: 12, height: 19 })());
    expect([whole.width, whole.height, half.width, half.height]).toEqual([HEIGHT, WIDTH, 12, 19]);
  });

  it("has its transparency on white", async () => {
    const clear = { width: 2, height: 2, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } as const;
    await sharp({ create: clear }).png().toFile(at("clear.png"));
    const { data, alpha } = right(await readPhotograph(at("clear.png"))());
    expect([...data]).toEqual(new Array(12).fill(255));
    expect(alpha).toBeUndefined();
  });

  it("that is missing, cut off or no picture is an error with its reason", async () => {
    const bytes = await drawn(3).jpeg().toBuffer();
    writeFileSync(at("cut.jpg"), bytes.subarray(0, bytes.length / 2));
    writeFileSync(at("text.jpg"), "a text");
    for (const [name, reason] of [
      ["cut.jpg", /premature end|VipsJpeg/i],
      ["text.jpg", /unsupported image format/],
      ["none.jpg", /missing/],
    ] as const)
      expect(await readPhotograph(at(name))()).toMatchObject({
        left: {
          _tag: "UnreadablePhotograph",
          file: at(name),
          reason: expect.stringMatching(reason),
          message: expect.stringMatching(/: it cannot be read: [^\n]+$/),
        },
      });
  });
});
