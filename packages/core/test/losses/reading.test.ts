import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  codeReading,
  denoisingTime,
  discriminatorTime,
  normal,
  paperReading,
  perturbationNoise,
  type Reading,
  scoreTime,
  uniform,
} from "../../src/index.ts";
import { between } from "../arbitraries.ts";

/** How often each time comes up over an even grid of draws in [0, 1). */
const frequencies = (time: (draw: number) => number, draws: number): Readonly<Record<number, number>> =>
  Array.from({ length: draws }, (_, i) => time((i + 0.5) / draws)).reduce<Record<number, number>>(
    (counts, t) => Object.assign(counts, { [t]: (counts[t] ?? 0) + 1 }),
    {},
  );

describe("times, from a number in [0, 1)", () => {
  test("t' of HSD is uniform on {1, 2, 3} at T = 15", () => {
    expect(frequencies(scoreTime(15), 300)).toEqual({ 1: 100, 2: 100, 3: 100 });
  });

  test("t' is uniform on 1..floor(T / 5), and 1 for T below 10", () => {
    expect(frequencies(scoreTime(24), 400)).toEqual({ 1: 100, 2: 100, 3: 100, 4: 100 });
    for (const T of [1, 2, 4, 5, 9]) expect(frequencies(scoreTime(T), 50)).toEqual({ 1: 50 });
    expect(frequencies(scoreTime(10), 50)).toEqual({ 1: 25, 2: 25 });
  });

  test("the discriminator's t is uniform on 1..T; by the authors' code on 1..T-1", () => {
    expect(frequencies(discriminatorTime(4), 400)).toEqual({ 1: 100, 2: 100, 3: 100, 4: 100 });
    expect(frequencies(discriminatorTime(4, codeReading), 300)).toEqual({ 1: 100, 2: 100, 3: 100 });
    expect(frequencies(discriminatorTime(1), 10)).toEqual({ 1: 10 });
    expect(frequencies(discriminatorTime(1, codeReading), 10)).toEqual({ 1: 10 });
  });

  test("the teacher's t is uniform on 1..T", () => {
    expect(frequencies(denoisingTime(3), 300)).toEqual({ 1: 100, 2: 100, 3: 100 });
  });

  test("every draw gives a time in its range, up to the largest number below 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), between(0, 1 - 2 ** -32), (T, draw) => {
        for (const [time, last] of [
          [denoisingTime(T), T],
          [discriminatorTime(T), T],
          [discriminatorTime(T, codeReading), Math.max(1, T - 1)],
          [scoreTime(T), Math.max(1, Math.floor(T / 5))],
        ] as const) {
          expect(Number.isInteger(time(draw))).toBe(true);
          expect(time(draw)).toBeGreaterThanOrEqual(1);
          expect(time(draw)).toBeLessThanOrEqual(last);
          expect(time(0)).toBe(1);
          expect(time(1 - 2 ** -32)).toBe(last);
        }
      }),
    );
  });

  test("a draw outside [0, 1) is refused", () => {
    for (const draw of [-0.1, 1, Number.NaN])
      expect(() => scoreTime(15)(draw)).toThrow(`draw is ${draw}; allowed: a number in [0, 1)`);
  });
});

describe("where paper and code differ", () => {
  const source = { seed: 3, stream: 4 };

  test("the paper perturbs with normal noise, by default; the code with uniform noise", () => {
    expect(perturbationNoise()(source, 5, 20)).toEqual(normal(source, 5, 20));
    expect(perturbationNoise(paperReading)(source, 5, 20)).toEqual(normal(source, 5, 20));
    expect(perturbationNoise(codeReading)(source, 5, 20)).toEqual(uniform(source, 5, 20));
  });

  test("the paper's choices and the code's are these", () => {
    expect(paperReading).toEqual({
      perturbation: "normal",
      inputScaling: "once",
      discriminatorTimes: "all",
    });
    expect(codeReading).toEqual({
      perturbation: "uniform",
      inputScaling: "twice",
      discriminatorTimes: "all-but-last",
    });
  });

  test("each choice changes only what its name says", () => {
    const behaviour = (reading: Reading) => ({
      noise: perturbationNoise(reading)(source, 0, 8),
      times: frequencies(discriminatorTime(15, reading), 210),
      scaling: reading.inputScaling,
    });
    const paper = behaviour(paperReading);
    const code = behaviour(codeReading);
    expect(behaviour({ ...paperReading, perturbation: "uniform" })).toEqual({ ...paper, noise: code.noise });
    expect(behaviour({ ...paperReading, discriminatorTimes: "all-but-last" })).toEqual({
      ...paper,
      times: code.times,
    });
    expect(behaviour({ ...paperReading, inputScaling: "twice" })).toEqual({ ...paper, scaling: "twice" });
    expect(code.noise).not.toEqual(paper.noise);
    expect(code.times).not.toEqual(paper.times);
    expect(code.scaling).toBe("twice");
  });
});
