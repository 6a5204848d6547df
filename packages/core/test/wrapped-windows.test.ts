import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ReferenceTensor, referenceAlgebra } from "../src/index.ts";
import { elements } from "../src/shape.ts";

/** A number in -1..1 for each element. */
const tensor = (shape: readonly number[], seed: number): ReferenceTensor => ({
  shape,
  data: Float64Array.from({ length: elements(shape) }, (_, i) => Math.sin(12.9898 * i + 78.233 * seed)),
});

/**
 * The authors' way (ResShift, models/swin_transformer.py), step by step, for one head: the image is rolled up and left
 * by the shift and cut into equal windows. In the last row of windows, -1000 is added to the scores between the two
 * sides of the column window - shift.
 */
const rolledAndMasked = (
  [query, key, value, positions]: readonly [
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
    ReferenceTensor,
  ],
  window: number,
  shift: number,
): Float64Array => {
  const [, height = 1, width = 1, channels = 1] = query.shape;
  const result = new Float64Array(query.data.length);
  const at = (a: ReferenceTensor, row: number, column: number, channel: number): number =>
    a.data[(((row + shift) % height) * width + ((column + shift) % width)) * channels + channel] ??
    Number.NaN;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [top, left] = [row - (row % window), column - (column % window)];
      const scores: number[] = [];
      for (let y = 0; y < window; y++)
        for (let x = 0; x < window; x++) {
          let dot = 0;
          for (let i = 0; i < channels; i++) dot += at(query, row, column, i) * at(key, top + y, left + x, i);
          const [dy, dx] = [row - top - y + window - 1, column - left - x + window - 1];
          const isApart = column - left < window - shift !== x < window - shift;
          const mask = top + window === height && isApart ? -1000 : 0;
          const position = positions.data[dy * (2 * window - 1) + dx] ?? Number.NaN;
          scores.push(Math.exp(dot / Math.sqrt(channels) + position + mask));
        }
      const total = scores.reduce((a, b) => a + b, 0);
      for (let i = 0; i < channels; i++) {
        const place = (((row + shift) % height) * width + ((column + shift) % width)) * channels + i;
        result[place] = scores.reduce(
          (sum, score, token) =>
            sum + (score / total) * at(value, top + Math.floor(token / window), left + (token % window), i),
          0,
        );
      }
    }
  return result;
};

const cases = fc.record({
  window: fc.integer({ min: 2, max: 4 }),
  rows: fc.integer({ min: 1, max: 3 }),
  columns: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 3 }),
  part: fc.integer({ min: 1, max: 3 }),
});

describe("windowAttention with edges wrapped", () => {
  it("is the authors' rolled and masked attention", () => {
    fc.assert(
      fc.property(cases, ({ window, rows, columns, channels, part }) => {
        const shift = Math.min(part, window - 1);
        const shape = [1, rows * window, columns * window, channels];
        const positions = tensor([(2 * window - 1) ** 2, 1], 4);
        const [query, key, value] = [tensor(shape, 1), tensor(shape, 2), tensor(shape, 3)] as const;
        const found = referenceAlgebra.windowAttention(query, key, value, positions, {
          heads: 1,
          window,
          shift,
          edges: "wrapped",
        });
        const expected = rolledAndMasked([query, key, value, positions], window, shift);
        found.data.forEach((number, i) => {
          expect(Math.abs(number - (expected[i] ?? Number.NaN))).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("equals the other kind of edges if nothing is shifted", () => {
    const [image, positions] = [tensor([2, 5, 7, 4], 1), tensor([25, 2], 2)];
    const options = { heads: 2, window: 3, shift: 0 };
    expect(
      referenceAlgebra.windowAttention(image, image, image, positions, { ...options, edges: "wrapped" }),
    ).toEqual(referenceAlgebra.windowAttention(image, image, image, positions, options));
  });

  it("ignores the pixels that fill a side up to a multiple of the window", () => {
    // One row of windows. Its columns split at window - shift = 2: columns 1..2, 3, and the wrapped 0.
    const value = tensor([1, 1, 4, 1], 1);
    const zeros = referenceAlgebra.scale(value, 0);
    const positions = referenceAlgebra.scale(tensor([25, 1], 1), 0);
    const [a = 0, b = 0, c = 0, d = 0] = value.data;
    const { data } = referenceAlgebra.windowAttention(zeros, zeros, value, positions, {
      heads: 1,
      window: 3,
      shift: 1,
      edges: "wrapped",
    });
    [a, (b + c) / 2, (b + c) / 2, d].forEach((expected, i) => {
      expect(data[i]).toBeCloseTo(expected, 12);
    });
  });
});
