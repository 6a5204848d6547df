import { describe, expect, it } from "vitest";
import { toHalf } from "../src/export/half.ts";

/** The meaning of 16 bits. */
const numberOf = (half: number): number => {
  const [sign, exponent, rest] = [half >> 15 === 0 ? 1 : -1, (half >> 10) & 31, half & 1023];
  return sign * (exponent === 0 ? rest * 2 ** -24 : (1024 + rest) * 2 ** (exponent - 25));
};

describe("float16", () => {
  it("keeps every number that it can hold", () => {
    const finite = Array.from({ length: 2 ** 16 }, (_, half) => half).filter(
      (half) => (half & 0x7c00) !== 0x7c00,
    );
    expect([...toHalf(Float32Array.from(finite, numberOf))]).toEqual(finite);
  });

  it("rounds to nearest, ties to even, and to infinity beyond its range", () => {
    const middle = Array.from({ length: 0x7bff }, (_, half) => (numberOf(half) + numberOf(half + 1)) / 2);
    expect([...toHalf(Float32Array.from(middle))]).toEqual(middle.map((_, half) => half + (half % 2)));
    const above = middle.slice(2048).map((value) => value * (1 + 2 ** -20));
    expect([...toHalf(Float32Array.from(above))]).toEqual(above.map((_, i) => 2048 + i + 1));
    expect([...toHalf(Float32Array.of(65_519, 65_520, -1e30, Number.NaN))]).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0x7e00,
    ]);
  });
});
