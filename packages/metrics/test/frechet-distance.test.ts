import { normal } from "@tadsr/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Features, frechetDistance, frechetDistanceOfGaussians } from "../src/index.ts";
import { left, right } from "./pictures.ts";

type Rows = readonly (readonly number[])[];

/** Rows whose numbers depend on each other, since each is added to the next. */
const drawn = (count: number, length: number, seed: number, shift = 0): Rows => {
  const values = normal({ seed, stream: 3 }, 0, count * length);
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length }, (_, i) => {
      const at = row * length + i;
      return (i + 1) * (values[at] as number) + (values[at - (i > 0 ? 1 : 0)] as number) + shift;
    }),
  );
};

/** Turned in the planes of neighbouring axes, one after another. */
const turned = (rows: Rows, angle: number): Rows =>
  rows.map((row) => {
    const result = [...row];
    for (let i = 0; i + 1 < result.length; i++) {
      const [x, y] = [result[i] as number, result[i + 1] as number];
      result[i] = Math.cos(angle) * x - Math.sin(angle) * y;
      result[i + 1] = Math.sin(angle) * x + Math.cos(angle) * y;
    }
    return result;
  });

/** More vectors than features, as many, and fewer. */
const sets = fc
  .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 6 }))
  .chain(([first, second, length]) =>
    fc.integer({ min: 0, max: 1000 }).map((seed) => ({
      a: drawn(first, length, seed),
      b: drawn(second, length, seed + 1, 2),
      size: length * length,
    })),
  );

const diagonal = (values: readonly number[]): readonly Features[] =>
  values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));

describe("the Fréchet distance", () => {
  it("is zero between a set and itself, however few its vectors are", () => {
    fc.assert(
      fc.property(sets, ({ a, size }) => {
        const found = right(frechetDistance(a, a));
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThan(1e-11 * size);
      }),
    );
  });

  it("is the same both ways round, in any order of vectors, and however the axes are turned", () => {
    fc.assert(
      fc.property(sets, fc.double({ min: 0, max: 6, noNaN: true }), ({ a, b, size }, angle) => {
        const distance = right(frechetDistance(a, b));
        const others = [
          right(frechetDistance(b, a)),
          right(frechetDistance(a.toReversed(), b)),
          right(frechetDistance(turned(a, angle), turned(b, angle))),
        ];
        expect(distance).toBeGreaterThan(0);
        // Roots of variances that are zero except for rounding: 1e-8 of their size.
        for (const other of others) expect(Math.abs(other - distance)).toBeLessThan(1e-6 * size);
      }),
    );
  });

  it("is that of the sets' means and covariances, with rows - 1 for divisor", () => {
    // Four corners of a rectangle: variances 4/3 and 16/3, no covariance.
    const corners: Rows = [
      [-1, -2],
      [1, -2],
      [-1, 2],
      [1, 2],
    ];
    const moved = corners.map(([x = 0, y = 0]) => [3 * x + 5, y]);
    expect(right(frechetDistance(corners, moved))).toBeCloseTo(25 + (3 - 1) ** 2 * (4 / 3), 12);
    const [first, second] = [
      { mean: [0, 0], covariance: diagonal([4 / 3, 16 / 3]) },
      { mean: [5, 0], covariance: diagonal([12, 16 / 3]) },
    ];
    expect(right(frechetDistanceOfGaussians(first, second))).toBeCloseTo(25 + 16 / 3, 12);
  });

  it("adds squared differences of means and of deviations if covariances are diagonal", () => {
    const value = fc.double({ min: 0, max: 100, noNaN: true });
    const gaussian = fc.array(fc.tuple(value, value, value, value), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(gaussian, (axes) => {
        const a = { mean: axes.map(([mean]) => mean), covariance: diagonal(axes.map((axis) => axis[1])) };
        const b = { mean: axes.map((axis) => axis[2]), covariance: diagonal(axes.map((axis) => axis[3])) };
        const expected = axes.reduce(
          (sum, [mean, variance, otherMean, other]) =>
            sum + (mean - otherMean) ** 2 + (Math.sqrt(variance) - Math.sqrt(other)) ** 2,
          0,
        );
        expect(Math.abs(right(frechetDistanceOfGaussians(a, b)) - expected)).toBeLessThan(
          1e-10 * (1 + expected),
        );
      }),
    );
  });

  it("gives an error for sets without a distance", () => {
    const rows: Rows = [
      [1, 2],
      [3, 5],
    ];
    const cases = [
      [[rows, []], "NotAllowed", "second set: found 0 vectors"],
      [[[[1, 2]], rows], "NotAllowed", "first set: found 1 vectors"],
      [[rows, [...rows, [1, 2, 3]]], "NotAllowed", "second set, vector 2: its length is 3"],
      [[[[], []], rows], "NotAllowed", "first set, vector 0: its length is 0"],
      [[rows, [...rows, [1, Number.NaN]]], "NotFinite", "second set, vector 2"],
      [[[[1, Number.NEGATIVE_INFINITY], ...rows], rows], "NotFinite", "first set, vector 0"],
    ] as const;
    for (const [[a, b], tag, words] of cases) {
      const error = left(frechetDistance(a, b));
      expect(error._tag).toBe(tag);
      expect(error.message).toContain(words);
    }
  });

  it("gives an error for what is not a Gaussian", () => {
    const good = { mean: [0, 0], covariance: diagonal([1, 1]) };
    const bad = [
      [{ mean: [0, 0], covariance: diagonal([1, 1, 1]) }, "NotAllowed"],
      [{ mean: [0], covariance: diagonal([1]) }, "NotAllowed"],
      [{ mean: [], covariance: [] }, "NotAllowed"],
      [{ mean: [0, 0], covariance: diagonal([1, Number.NaN]) }, "NotFinite"],
      [{ mean: [Number.POSITIVE_INFINITY, 0], covariance: diagonal([1, 1]) }, "NotFinite"],
      [
        {
          mean: [0, 0],
          covariance: [
            [1, 0.5],
            [0, 1],
          ],
        },
        "NotAllowed",
      ],
    ] as const;
    for (const [gaussian, tag] of bad)
      expect(left(frechetDistanceOfGaussians(good, gaussian))._tag, JSON.stringify(gaussian)).toBe(tag);
  });
});
