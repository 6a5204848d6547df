import { normal, referenceAlgebra, referenceEngine } from "@tadsr/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOfLatent } from "../src/bytes-of-latent.ts";
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

describe("the bytes of a latent", () => {
  const part = (length: number) =>
    fc
      .tuple(fc.nat({ max: length - 1 }), fc.nat())
      .map(([start, n]) => ({ start, size: 1 + (n % (length - start)) }));
  const sized = fc
    .tuple(small, small, fc.constantFrom(1, 2, 4))
    .chain(([w, h, factor]) => fc.tuple(fc.constant({ w, h, factor }), part(w), part(h)));

  it("are those of its pixels in the kept part, rounded and clamped", () => {
    fc.assert(
      fc.property(sized, ([{ w, h, factor }, across, down]) => {
        const picture = pixels(w * factor, h * factor);
        const kept = { x: across.start, y: down.start, width: across.size, height: down.size };
        const found = bytesOfLatent(latentOfPixels(picture, factor), kept, factor);
        const rows = Array.from({ length: kept.height * factor }, (_, row) => {
          const start = ((kept.y * factor + row) * picture.width + kept.x * factor) * 3;
          return [...picture.data.subarray(start, start + kept.width * factor * 3)];
        });
        expect([...(found ?? [])]).toEqual([...Uint8ClampedArray.from(rows.flat(), (v) => (v + 1) * 127.5)]);
      }),
      { numRuns: 100 },
    );
  });

  it("are null if a kept value is not finite, whatever the others are", () => {
    const whole = { x: 0, y: 0, width: 3, height: 2 };
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (const at of [0, 11, 71]) {
        const { shape, data } = latentOfPixels(pixels(6, 4), 2);
        data[at] = bad;
        expect(bytesOfLatent({ shape, data }, whole, 2)).toBe(null);
        // Of two columns and one row, the first and the last place hold 0 to 11 and 60 to 71.
        const kept = { x: at === 71 ? 0 : 1, y: 0, width: 2, height: 1 };
        expect(bytesOfLatent({ shape, data }, kept, 2)?.length).toBe(24);
      }
  });
});
