import { type ReferenceTensor, referenceAlgebra, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { ADAMW_DEFAULTS, adamwStep, learningRateAt, movingAverage, type Updated } from "../src/adamw.ts";

const vector = (...values: number[]): ReferenceTensor =>
  referenceEngine.upload("vector", { shape: [values.length], data: Float64Array.from(values) });

describe("AdamW", () => {
  it("takes the steps that PyTorch 2.13's takes", () => {
    const step = adamwStep(referenceAlgebra, { ...ADAMW_DEFAULTS, weightDecay: 0.01 });
    const gradients = [vector(0.3, -0.2, 0), vector(0.1, 0.4, -1), vector(-0.5, 0.2, 1e-9)];
    const expected = [
      [0.8990000033333332, -1.8980000049999997, 0.4995],
      [0.8109946121538623, -1.9327123565410367, 0.573414181304593],
      [0.828221038682674, -1.982703723970121, 0.6303627581988455],
    ];
    let state: Updated<ReferenceTensor> = {
      weights: { w: vector(1, -2, 0.5) },
      first: { w: vector(0, 0, 0) },
      second: { w: vector(0, 0, 0) },
    };
    gradients.forEach((g, i) => {
      state = step(state.weights, { w: g }, state, 0.1, i + 1);
      expected[i]?.forEach((value, j) => {
        expect(Math.abs((state.weights.w?.data[j] ?? 0) - value)).toBeLessThan(1e-14);
      });
    });
  });

  it("names the parameter whose gradient is missing", () => {
    const zero = { w: vector(0) };
    expect(() => adamwStep(referenceAlgebra)(zero, {}, { first: zero, second: zero }, 0.1, 1)).toThrow(
      /the gradient of w is missing/,
    );
  });
});

describe("the learning rate", () => {
  it("warms up from 0 in a straight line, then stays", () => {
    const rate = { peak: 2, warmUp: 4, decay: "constant" } as const;
    expect([1, 2, 4, 5, 100].map((step) => learningRateAt(rate, step, 100))).toEqual([0.5, 1, 2, 2, 2]);
  });

  it("falls along half a cosine to 0 at the last step", () => {
    const rate = { peak: 2, warmUp: 0, decay: "cosine" } as const;
    expect(learningRateAt(rate, 50, 100)).toBeCloseTo(1, 12);
    expect(learningRateAt(rate, 25, 100)).toBeCloseTo(1 + Math.SQRT1_2, 12);
    expect(learningRateAt(rate, 100, 100)).toBeCloseTo(0, 12);
  });
});

describe("the moving average", () => {
  it("keeps the decay's share of what it was", () => {
    const average = movingAverage(referenceAlgebra, 0.9)({ w: vector(10, 0) }, { w: vector(0, 20) });
    expect(average.w?.data[0]).toBeCloseTo(9, 12);
    expect(average.w?.data[1]).toBeCloseTo(2, 12);
  });
});
