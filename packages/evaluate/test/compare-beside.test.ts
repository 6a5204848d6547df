import { compareBeside } from "@tadsr/evaluate";
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { expect, test } from "vitest";

const plain = (width: number, height: number, colour: readonly [number, number, number]): Picture => ({
  ...{ width, height, channels: 3 },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3] as number),
});

const GREY = [90, 90, 90] as const;
const RED = [200, 10, 20] as const;

/** Its upscaled pictures are red, so that they are found on the sheet. */
const reddening = {
  title: "red",
  factor: 4,
  upscale: ({ width, height }: Picture) => TE.right(plain(4 * width, 4 * height, RED)),
};

test("lays the same part of bicubic, the upscaled picture and the original beside each other", async () => {
  const compared = await compareBeside(plain(43, 33, GREY), reddening, {
    x: 4,
    y: 8,
    width: 36,
    height: 24,
  })();
  if (E.isLeft(compared)) throw new Error(compared.left.message);
  const { sheet, small } = compared.right;
  expect(small).toEqual({ width: 10, height: 8 });
  expect([sheet.width, sheet.height]).toEqual([8 + 3 * 44, 44 + 24 + 8]);
  const pixel = (x: number, y: number): readonly number[] =>
    Array.from(sheet.data.subarray(3 * (y * sheet.width + x), 3 * (y * sheet.width + x) + 3));
  for (const [n, colour] of [GREY, RED, GREY].entries())
    for (const [x, y] of [
      [0, 0],
      [35, 23],
    ] as const)
      expect(pixel(8 + 44 * n + x, 44 + y)).toEqual(colour);
  expect(pixel(8 + 43, 44)).toEqual([255, 255, 255]);
});

test("refuses a part that the upscaled picture does not have, and gives an upscaler's error as it is", async () => {
  const original = plain(43, 33, GREY);
  expect(await compareBeside(original, reddening, { x: 5, y: 8, width: 36, height: 24 })()).toMatchObject({
    left: { _tag: "PartOutside", message: expect.stringContaining("40 x 32; give another part") },
  });
  const failing = { ...reddening, upscale: () => TE.left("stopped") };
  expect(await compareBeside(original, failing)()).toEqual(E.left("stopped"));
});
