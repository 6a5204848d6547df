import { describe, expect, it } from "vitest";
import { fromHalf, toHalf } from "../src/half-precision.ts";

const ALL = Array.from({ length: 2 ** 16 }, (_, half) => half);
/** The finite ones from 0 on, in order. */
const POSITIVE = ALL.slice(0, 0x7c00);

describe("half precision", () => {
  it("means what IEEE 754 defines", () => {
    expect([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x3555].map(fromHalf)).toEqual([
      ...[1, -2, 65_504, 2 ** -14, 2 ** -24, 1023 * 2 ** -24, 0.333251953125],
    ]);
    expect([0x7c00, 0xfc00, 0x7c01, 0x8000].map(fromHalf)).toEqual([
      ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0],
    ]);
  });

  it("keeps every number that it can hold", () => {
    const known = ALL.filter((half) => !Number.isNaN(fromHalf(half)));
    expect(known.map((half) => toHalf(fromHalf(half)))).toEqual(known);
  });

  it("rounds to the nearest, ties to even, in float64 too", () => {
    const wrong = POSITIVE.filter((half) => {
      const [from, to] = [fromHalf(half), half === 0x7bff ? 65_536 : fromHalf(half + 1)];
      const middle = (from + to) / 2;
      // Float32 would round the second and the third to the middle.
      const [below, above] = [middle * (1 - 2 ** -52), middle * (1 + 2 ** -52)];
      return [
        [below, half],
        [middle, half + (half % 2)],
        [above, half + 1],
        [-above, (half + 1) | 0x8000],
      ].some(([value = 0, expected]) => toHalf(value) !== expected);
    });
    expect(wrong).toEqual([]);
  });

  it("is infinite beyond its range, and NaN for NaN", () => {
    expect([65_519.99, 65_520, -1e30, 1e300, Number.NaN].map(toHalf)).toEqual([
      ...[0x7bff, 0x7c00, 0xfc00, 0x7c00, 0x7e00],
    ]);
  });
});
