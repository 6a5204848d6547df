import { normal, referenceAlgebra, referenceEngine } from "@tadsr/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FloatRaster, latentOfPixels, pixelsOfLatent } from "../src/index.ts";

const pixels = (width: number, height: number): FloatRaster => ({
  width,
  height,
  channels: 3,
  data: new Float32Array(normal({ seed: 6, stream: 0 }, 0, width * height * 3)),
});

const small = fc.integer({ min: 1, max: 5 });

describe("the space-to-depth latent", () => {
  it("is the algebra's spaceToDepth", () => {
    fc.assert(
      fc.property(small, small, fc.constantFrom(1, 2, 4), (w, h, factor) => {
        const picture = pixels(w * factor, h * factor);
        const { shape, data } = latentOfPixels(picture, factor);
        const image = { shape: [1, h * factor, w * factor, 3], data: picture.data };
        const expected = referenceAlgebra.spaceToDepth(referenceEngine.upload("image", image), factor);
        expect(shape).toEqual(expected.shape);
        expect([...data]).toEqual([...expected.data]);
      }),
      { numRuns: 40 },
    );
  });

  it("puts channel c, row y and column x at c 16 + y 4 + x", () => {
    const picture = pixels(8, 4);
    const { shape, data } = latentOfPixels(picture, 4);
    expect(shape).toEqual([1, 1, 2, 48]);
    expect(data[48 + 2 * 16 + 3 * 4 + 1]).toBe(picture.data[(3 * 8 + 5) * 3 + 2]);
  });

  it("loses nothing", () => {
    fc.assert(
      fc.property(small, small, fc.constantFrom(1, 2, 3, 4), (w, h, factor) => {
        const picture = pixels(w * factor, h * factor);
        expect(pixelsOfLatent(latentOfPixels(picture, factor), factor)).toEqual(picture);
      }),
      { numRuns: 40 },
    );
  });

  it("refuses sizes that are no multiples of the factor", () => {
    expect(() => latentOfPixels(pixels(8, 6), 4)).toThrow(/factor 4 from 8 x 6/);
  });
});
