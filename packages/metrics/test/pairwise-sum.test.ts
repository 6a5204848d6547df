import { uniform } from "@tadsr/core";
import { expect, it } from "vitest";
import { pairwiseSum } from "../src/niqe/pairwise-sum.ts";

it("sums to float32's precision, however many there are", () => {
  for (const count of [0, 1, 7, 8, 9, 127, 128, 129, 1000, 9216]) {
    const values = Float32Array.from(uniform({ seed: 1, stream: count }, 0, count));
    const exact = values.reduce((sum, value) => sum + value, 0);
    expect(Math.abs(pairwiseSum(values) - exact)).toBeLessThanOrEqual(1e-6 * exact);
  }
});

it("adds eight partial sums by pairs, then what is left", () => {
  // In float32 2^24 + 1 is 2^24: the order decides which ones are lost.
  const big = 2 ** 24;
  expect(pairwiseSum(Float32Array.of(big, 1, 1, 1))).toBe(big);
  expect(pairwiseSum(Float32Array.of(big, 1, 1, 1, 0, 0, 0, 0))).toBe(big + 2);
  expect(pairwiseSum(Float32Array.of(big, 0, 0, 0, 0, 0, 0, 0, 1, 1))).toBe(big);
  expect(pairwiseSum(Float32Array.of(big, 0, 0, 0, 0, 0, 0, 0, 2, 2))).toBe(big + 4);
});
