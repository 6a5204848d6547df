import fc from "fast-check";
import { expect, it } from "vitest";
import { psnr, psnrY } from "../src/index.ts";
import { flat, right } from "./pictures.ts";

it("is 20 log10(255 / d) if all values differ by d", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 0, max: 255 }), (difference, value) => {
      fc.pre(difference + value <= 255);
      const [a, b] = [flat(5, 3, value), flat(5, 3, value + difference)];
      expect(right(psnr(a, b))).toBeCloseTo(20 * Math.log10(255 / difference), 12);
      // White is 219 steps of luma above black.
      expect(right(psnrY(a, b))).toBeCloseTo(20 * Math.log10((255 * 255) / (219 * difference)), 10);
    }),
  );
});

it("weighs red, green and blue by BT.601, for luma", () => {
  const weights = [65.481, 128.553, 24.966];
  for (const [colour, weight] of weights.entries()) {
    const black = flat(4, 4, 0);
    const full = { ...black, data: black.data.map((_, i) => (i % 3 === colour ? 255 : 0)) };
    expect(right(psnr(full, black))).toBeCloseTo(10 * Math.log10(3), 12);
    expect(right(psnrY(full, black))).toBeCloseTo(20 * Math.log10(255 / weight), 12);
    expect(right(psnrY(full, black, { rounded: true }))).toBeCloseTo(
      20 * Math.log10(255 / Math.round(weight)),
      12,
    );
  }
});
