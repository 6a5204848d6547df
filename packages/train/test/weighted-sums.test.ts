import * as fc from "fast-check";
import * as O from "fp-ts/lib/Option.js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { plainSums, type WeightedSums } from "../src/degradation/weighted-sums.ts";
import { vectorSums } from "../src/degradation/weighted-sums-vectors.ts";

const some = <A>(option: O.Option<A>): A => {
  if (O.isNone(option))
    throw new Error("this platform has no WebAssembly with vectors, or too little memory");
  return option.value;
};

/** The first place where two arrays differ in a bit, or -1. */
const firstDifference = (a: Float32Array, b: Float32Array): number => {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((value, i) => !Object.is(value, b[i]));
};

/** Numbers of either sign; some are 0, some are small. */
const numbersOf = (length: number, salt: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => {
    const x = Math.imul(i + 1, 2 * salt + 0x9e3779b1) >> 8;
    return x % 7 === 0 ? 0 : x / 2 ** (23 + (x & 15));
  });

/** Sizes at which memory or a tile's edge could go wrong: every width and height up to and beyond a tile's. */
const anySums: fc.Arbitrary<WeightedSums> = fc
  .record({
    rows: fc.integer({ min: 1, max: 23 }),
    taps: fc.integer({ min: 1, max: 23 }),
    width: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 280, max: 300 }), fc.constant(700)),
    height: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 62, max: 67 }), fc.constant(130)),
    spare: fc.integer({ min: 0, max: 5 }),
    salt: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ rows, taps, width, height, spare, salt }) => {
    const stride = width + 3 * (taps - 1) + spare;
    return {
      source: numbersOf(stride * (height + rows - 1), salt),
      stride,
      weights: numbersOf(rows * taps, salt + 1),
      rows,
      taps,
      width,
      height,
    };
  });

describe("weighted sums", () => {
  it("are sums of float32 products in the order of the weights", () => {
    const { fround } = Math;
    fc.assert(
      fc.property(anySums, fc.nat(), (sums, place) => {
        const { source, stride, weights, rows, taps, width, height } = sums;
        const [i, y] = [place % width, Math.floor(place / width) % height];
        let sum = 0;
        for (let r = 0; r < rows; r++)
          for (let k = 0; k < taps; k++) {
            const weight = weights[r * taps + k] ?? Number.NaN;
            sum = fround(sum + fround(weight * (source[stride * (y + r) + i + 3 * k] ?? Number.NaN)));
          }
        expect(plainSums(sums)[width * y + i]).toBe(sum);
      }),
      { numRuns: 20 },
    );
  });

  it("have the same bits by vectors", () => {
    const byVectors = some(vectorSums());
    fc.assert(
      fc.property(anySums, (sums) => {
        expect(firstDifference(some(byVectors(sums)), plainSums(sums))).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  it("by vectors, have room for a kernel of 63 pixels a side, in which the whole source is used", () => {
    const byVectors = some(vectorSums());
    const of = (rows: number, taps: number): WeightedSums => {
      const [width, height] = [40, 30];
      const stride = width + 3 * (taps - 1);
      return {
        source: numbersOf(stride * (height + rows - 1), 5),
        stride,
        weights: numbersOf(rows * taps, 6),
        rows,
        taps,
        width,
        height,
      };
    };
    for (const sums of [of(63, 63), of(200, 1), of(1, 900)])
      expect(firstDifference(some(byVectors(sums)), plainSums(sums))).toBe(-1);
    expect(byVectors(of(65, 65))).toEqual(O.none);
    expect(byVectors(of(300, 1))).toEqual(O.none);
  });
});

describe("correlate", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("gives the same bits without WebAssembly", async () => {
    const degraded = async () => {
      vi.resetModules();
      const { correlate, gaussianKernel, sincKernel } = await import("../src/index.ts");
      const picture = { width: 31, height: 17, data: numbersOf(31 * 17 * 3, 7) };
      return [
        sincKernel(7, 0.4),
        gaussianKernel(9, { sigmaAlong: 2, sigmaAcross: 2, turn: 0 }),
        sincKernel(67, 0.9),
      ].map((kernel) => correlate(picture, kernel).data);
    };
    const withIt = await degraded();
    vi.stubGlobal("WebAssembly", undefined);
    const without = await degraded();
    expect(withIt.map((data, n) => firstDifference(data, without[n] ?? new Float32Array(0)))).toEqual([
      -1, -1, -1,
    ]);
  });
});
