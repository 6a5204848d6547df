/** What PSNR and SSIM have in common: both compare a picture with its original. */
import type { Picture } from "@tadsr/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { psnr, psnrY, ssim, ssimRgb } from "../src/index.ts";
import { flat, left, mirrored, noisy, pairs, right, scene, transposed, within } from "./pictures.ts";

const measures = {
  psnr: { measure: psnr, ofEqual: Number.POSITIVE_INFINITY, least: 1 },
  psnrY: { measure: psnrY, ofEqual: Number.POSITIVE_INFINITY, least: 1 },
  "psnrY, rounded": {
    measure: (a: Picture, b: Picture, { border = 0 } = {}) => psnrY(a, b, { border, rounded: true }),
    ofEqual: Number.POSITIVE_INFINITY,
    least: 1,
  },
  ssim: { measure: ssim, ofEqual: 1, least: 11 },
  "ssim, rounded": {
    measure: (a: Picture, b: Picture, { border = 0 } = {}) => ssim(a, b, { border, rounded: true }),
    ofEqual: 1,
    least: 11,
  },
  ssimRgb: { measure: ssimRgb, ofEqual: 1, least: 11 },
};

/** Infinity is close to itself. SSIM of unrelated pictures is near zero, although its terms are not. */
const expectClose = (found: number, expected: number): void => {
  if (Number.isFinite(expected))
    expect(Math.abs(found - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)));
  else expect(found).toBe(expected);
};

describe.each(Object.entries(measures))("%s", (_, { measure, ofEqual, least }) => {
  const of = (a: Picture, b: Picture, border = 0): number => right(measure(a, b, { border }));

  it("is the same both ways round, and of pictures mirrored or transposed", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const value = of(a, b);
        expect(of(b, a)).toBe(value);
        expectClose(of(mirrored(a), mirrored(b)), value);
        expectClose(of(transposed(a), transposed(b)), value);
      }),
      { numRuns: 40 },
    );
  });

  it("has exactly its best value for equal pictures", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(of(a, a)).toBe(ofEqual);
        expect(of(flat(a.width, a.height, 7), flat(a.width, a.height, 7))).toBe(ofEqual);
        expect(of(a, b)).toBeLessThanOrEqual(ofEqual);
      }),
      { numRuns: 20 },
    );
  });

  it("falls as noise grows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const original = scene(32, 24, seed);
        const values = [0, 4, 8, 16, 32].map((deviation) => of(noisy(original, deviation, seed), original));
        for (const [i, value] of values.slice(1).entries()) expect(value).toBeLessThan(values[i] as number);
      }),
      { numRuns: 20 },
    );
  });

  it("leaves a border out as if it were cut off", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 1000 }), (border, seed) => {
        const original = scene(31, 29, seed);
        const picture = noisy(original, 20, seed);
        expect(of(picture, original, border)).toBe(of(within(picture, border), within(original, border)));
        expect(of(picture, original, border)).not.toBe(of(picture, original));
      }),
      { numRuns: 20 },
    );
  });

  it("gives an error for pictures that cannot be compared", () => {
    const picture = scene(20, 16, 1);
    expect(left(measure(picture, scene(16, 20, 1)))).toEqual({
      _tag: "DifferentSizes",
      message: "the picture is 20x16 and the original 16x20: both must have one size, so crop or resize one",
    });
    for (const border of [-1, 0.5, Number.NaN, 8, 100])
      expect(left(measure(picture, picture, { border }))._tag, `${border}`).toBe("NotAllowed");
    expect(left(measure(picture, picture, { border: 8 })).message).toContain("nothing of a picture of 20x16");
    const sides: readonly number[] = [10, 1];
    for (const [i, side] of sides.entries()) {
      const small = scene(20, side, i);
      if (side >= least) expect(of(small, small)).toBe(ofEqual);
      else expect(left(measure(small, small))._tag).toBe("TooSmall");
    }
  });
});
