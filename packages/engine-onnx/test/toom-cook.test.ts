/** The transforms give convolutions: F(m, r) equals sums of products, and float32 keeps most of its precision. */
import { normal } from "@tadsr/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fourOfThree, kronecker, type Matrix, type Transforms, toomCook } from "../src/onnx/toom-cook.ts";

/** Rounds to a type's precision, after every operation. */
type Rounding = (x: number) => number;

const exact: Rounding = (x) => x;

const times = (matrix: Matrix, vector: readonly number[], round: Rounding = exact): readonly number[] =>
  matrix.map((row) =>
    row.reduce((sum, x, i) => round(sum + round(round(x) * round(vector[i] as number))), 0),
  );

/** y = A^T [(G g) . (B^T d)]. */
const byTransforms = (
  { output, filter, input }: Transforms,
  d: readonly number[],
  g: readonly number[],
): readonly number[] => {
  const [left, right] = [times(filter, g), times(input, d)];
  return times(
    output,
    left.map((x, i) => x * (right[i] as number)),
  );
};

/** y_i = sum_k g_k d_(i + k). */
const direct = (d: readonly number[], g: readonly number[]): readonly number[] =>
  Array.from({ length: d.length - g.length + 1 }, (_, i) =>
    g.reduce((sum, weight, k) => sum + weight * (d[i + k] as number), 0),
  );

const numbers = (length: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length });

const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];

/** m neighbouring results of r taps, with the first m + r - 2 of the points. */
const SIZES: readonly (readonly [m: number, r: number])[] = [
  [1, 1],
  [1, 3],
  [3, 1],
  [2, 2],
  [2, 3],
  [3, 2],
  [4, 3],
  [2, 5],
  [3, 5],
  [6, 3],
];

const largest = (list: readonly number[]): number => list.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

const errorOf = (found: readonly number[], expected: readonly number[]): number =>
  largest(found.map((x, i) => x - (expected[i] as number)));

describe.each(SIZES)("F(%i, %i)", (m, r) => {
  const transforms = toomCook(POINTS.slice(0, m + r - 2), r);
  const n = m + r - 1;

  it("takes n = m + r - 1 products", () => {
    const shape = (matrix: Matrix): readonly number[] => [
      matrix.length,
      ...new Set(matrix.map((row) => row.length)),
    ];
    expect(shape(transforms.output)).toEqual([m, n]);
    expect(shape(transforms.filter)).toEqual([n, r]);
    expect(shape(transforms.input)).toEqual([n, n]);
  });

  it("is the sums of products themselves", () => {
    fc.assert(
      fc.property(numbers(n), numbers(r), (d, g) => {
        const size = largest(d) * largest(g) + 1;
        expect(errorOf(byTransforms(transforms, d, g), direct(d, g)) / size).toBeLessThan(1e-12);
      }),
      { seed: 42, numRuns: 100 },
    );
  });
});

describe("F(m x m, r x r)", () => {
  it("nests the transforms of rows in those of columns", () => {
    expect(kronecker([[1, 2]], [[3], [4]])).toEqual([
      [3, 6],
      [4, 8],
    ]);
    expect(kronecker([[1], [2]], [[3, 4]])).toEqual([
      [3, 4],
      [6, 8],
    ]);
  });

  it.each([
    ["fourOfThree", fourOfThree],
    ["by 0, 1 and -1", toomCook([0, 1, -1], 3)],
  ])("convolves images: %s", (_, one) => {
    const [m, n, r] = [one.output.length, one.input.length, one.filter[0]?.length ?? 0];
    const both: Transforms = {
      output: kronecker(one.output, one.output),
      filter: kronecker(one.filter, one.filter),
      input: kronecker(one.input, one.input),
    };
    const d = [...normal({ seed: 1, stream: 1 }, 0, n * n)];
    const g = [...normal({ seed: 1, stream: 2 }, 0, r * r)];
    const expected = Array.from({ length: m * m }, (_, place) => {
      const [y, x] = [Math.floor(place / m), place % m];
      return g.reduce((sum, weight, k) => {
        const at = (y + Math.floor(k / r)) * n + x + (k % r);
        return sum + weight * (d[at] as number);
      }, 0);
    });
    expect(errorOf(byTransforms(both, d, g), expected)).toBeLessThan(1e-12);
  });
});

/** The largest float32 error of 4x4 results, sums over 64 channels, relative to the largest result. */
const float32Error = (one: Transforms): number => {
  const [output, filter, input] = [one.output, one.filter, one.input].map((matrix) =>
    kronecker(matrix, matrix),
  ) as [Matrix, Matrix, Matrix];
  const round = Math.fround;
  let [error, size] = [0, 0];
  for (let tile = 0; tile < 8; tile++) {
    let sums: readonly number[] = Array.from({ length: 36 }, () => 0);
    const expected = Array.from({ length: 16 }, () => 0);
    for (let channel = 0; channel < 64; channel++) {
      const stream = tile * 64 + channel;
      const d = [...normal({ seed: 2, stream }, 0, 36)].map(round);
      const g = [...normal({ seed: 3, stream }, 0, 9)].map(round);
      const [left, right] = [times(filter, g, round), times(input, d, round)];
      sums = sums.map((sum, i) => round(sum + round((left[i] as number) * (right[i] as number))));
      for (let place = 0; place < 16; place++)
        for (let k = 0; k < 9; k++) {
          const at = (Math.floor(place / 4) + Math.floor(k / 3)) * 6 + (place % 4) + (k % 3);
          expected[place] = (expected[place] as number) + (g[k] as number) * (d[at] as number);
        }
    }
    error = Math.max(error, errorOf(times(output, sums, round), expected));
    size = Math.max(size, largest(expected));
  }
  return error / size;
};

describe("F(4 x 4, 3 x 3) in float32", () => {
  it("loses at most two millionths, and at most a third of what it loses with the points 0, 1, -1, 2 and -2", () => {
    const [ours, usual] = [float32Error(fourOfThree), float32Error(toomCook([0, 1, -1, 2, -2], 3))];
    expect(ours).toBeLessThan(2e-6);
    expect(ours).toBeLessThan(usual / 3);
  });
});
