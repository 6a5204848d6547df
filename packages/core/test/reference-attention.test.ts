/** Tests the reference's attention on values worked out by hand, and its errors. packages/laws tests its laws. */

import { referenceAlgebra as A, type ReferenceTensor, type WindowOptions } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { elements } from "../src/shape.ts";

const tensor = (shape: readonly number[], data: readonly number[]): ReferenceTensor => ({
  shape,
  data: Float64Array.from(data),
});

const zeros = (shape: readonly number[]): ReferenceTensor =>
  tensor(shape, new Array(elements(shape)).fill(0));
const ramp = (shape: readonly number[]): ReferenceTensor =>
  tensor(
    shape,
    Array.from({ length: elements(shape) }, (_, i) => i + 1),
  );

const expectClose = ({ data }: ReferenceTensor, expected: readonly number[]): void => {
  expect(data).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(data[i]).toBeCloseTo(value, 12);
  });
};

describe("attention", () => {
  it("weighs the values by the softmax of the scores over the root of the channels", () => {
    // Two pixels of four channels: scores of the first query 2 ln 3 / sqrt 4 = ln 3 and 0, so shares 3/4 and 1/4.
    const query = tensor([1, 1, 2, 4], [2 * Math.log(3), 0, 0, 0, 0, 0, 0, 0]);
    const key = tensor([1, 1, 2, 4], [1, 0, 0, 0, 0, 1, 0, 0]);
    const value = tensor([1, 1, 2, 4], [4, 8, 0, 1, 0, 4, 4, 1]);
    expectClose(A.attention(query, key, value, { heads: 1 }), [3, 7, 1, 1, 2, 6, 2, 1]);
  });

  it("gives each head a run of neighbouring channels and scores of its own", () => {
    // Two heads of two channels. The first head's scores are equal; the second's differ by ln 3 sqrt 2 / sqrt 2.
    const query = tensor([1, 2, 1, 4], [0, 0, Math.log(3) * Math.SQRT2, 0, 0, 0, 0, 0]);
    const key = tensor([1, 2, 1, 4], [9, 9, 1, 0, -9, 9, 0, 9]);
    const value = tensor([1, 2, 1, 4], [0, 2, 0, 4, 4, 6, 4, 8]);
    expectClose(A.attention(query, key, value, { heads: 2 }), [2, 4, 1, 5, 2, 4, 2, 6]);
  });

  it("keeps samples apart", () => {
    const value = ramp([2, 1, 2, 1]);
    const none = zeros([2, 1, 2, 1]);
    expectClose(A.attention(none, none, value, { heads: 1 }), [1.5, 1.5, 3.5, 3.5]);
  });

  it("does not overflow", () => {
    const large = tensor([1, 1, 2, 1], [1e3, -1e3]);
    expectClose(A.attention(large, large, ramp([1, 1, 2, 1]), { heads: 1 }), [1, 2]);
  });

  it("refuses operands and heads that do not fit", () => {
    const image = ramp([1, 2, 2, 4]);
    expect(() => A.attention(image, image, ramp([1, 2, 2, 2]), { heads: 1 })).toThrow(
      "attention: found [1, 2, 2, 4] and [1, 2, 2, 4] and [1, 2, 2, 2], expected three equal shapes",
    );
    expect(() => A.attention(image, image, image, { heads: 3 })).toThrow(
      "attention: found 4 channels for 3 heads, expected a multiple of the heads",
    );
    expect(() => A.attention(image, image, image, { heads: 0 })).toThrow("attention: found heads 0");
    expect(() => A.attention(ramp([2, 2]), ramp([2, 2]), ramp([2, 2]), { heads: 1 })).toThrow(
      "attention: found [2, 2], expected an image [n, h, w, c]",
    );
  });
});

describe("windowAttention", () => {
  const means = (value: ReferenceTensor, options: Omit<WindowOptions, "heads">): ReferenceTensor => {
    const none = zeros(value.shape);
    const positions = zeros([(2 * options.window - 1) ** 2, 1]);
    return A.windowAttention(none, none, value, positions, { heads: 1, ...options });
  };
  // One row: 1 2 3 4 5.
  const row = ramp([1, 1, 5, 1]);

  it("parts the image at multiples of the window, the last window smaller", () => {
    expectClose(means(row, { window: 2, shift: 0 }), [1.5, 1.5, 3.5, 3.5, 5]);
  });

  it("parts a shifted grid at the shift plus multiples of the window, the first window smaller too", () => {
    expectClose(means(row, { window: 2, shift: 1 }), [1, 2.5, 2.5, 4.5, 4.5]);
    expectClose(means(row, { window: 4, shift: 2 }), [1.5, 1.5, 4, 4, 4]);
    expectClose(means(row, { window: 8, shift: 4 }), [2.5, 2.5, 2.5, 2.5, 5]);
  });

  it("parts both axes", () => {
    // 1 2 3 / 4 5 6 / 7 8 9 with lines at 1 and 3: corners, sides, and a square.
    expectClose(means(ramp([1, 3, 3, 1]), { window: 2, shift: 1 }), [1, 2.5, 2.5, 5.5, 7, 7, 5.5, 7, 7]);
  });

  it("adds the bias of how far the query is below and right of the key", () => {
    // A window of two rows and two columns; rows of the table by dy, dx: (-1, -1), (-1, 0), (-1, 1), (0, -1), ...
    const only = (dy: number, dx: number): ReferenceTensor => {
      const image = ramp([1, 2, 2, 1]);
      const at = (dy + 1) * 3 + dx + 1;
      const positions = tensor(
        [9, 1],
        Array.from({ length: 9 }, (_, i) => (i === at ? 1e3 : 0)),
      );
      const none = zeros(image.shape);
      return A.windowAttention(none, none, image, positions, { heads: 1, window: 2, shift: 0 });
    };
    // 1 2 / 3 4: 3 and 4 are below their keys 1 and 2 and take those; the others take the mean of all.
    expectClose(only(1, 0), [2.5, 2.5, 1, 2]);
    expectClose(only(-1, 0), [3, 4, 2.5, 2.5]);
    expectClose(only(0, 1), [2.5, 1, 2.5, 3]);
    expectClose(only(1, -1), [2.5, 2.5, 2, 2.5]);
    expectClose(only(0, 0), [1, 2, 3, 4]);
  });

  it("has one column of the table for each head", () => {
    const image = tensor([1, 1, 2, 2], [1, 10, 2, 20]);
    const none = zeros(image.shape);
    // Head 0 takes the pixel to the left, head 1 the pixel to the right.
    const positions = zeros([9, 2]);
    positions.data[5 * 2] = 1e3;
    positions.data[3 * 2 + 1] = 1e3;
    const result = A.windowAttention(none, none, image, positions, { heads: 2, window: 2, shift: 0 });
    expectClose(result, [1.5, 20, 1, 15]);
  });

  it("joins opposite edges of the image if they are wrapped", () => {
    // Three rows of windows of two: lines at 1, 3, 5, and the last row of windows is rows 5 and 0.
    const column = ramp([1, 6, 2, 1]);
    // Columns 1 and 0 share a window, except in the last row, where they are separate.
    const found = means(column, { window: 2, shift: 1, edges: "wrapped" });
    expectClose(found, [6, 7, 4.5, 4.5, 4.5, 4.5, 8.5, 8.5, 8.5, 8.5, 6, 7]);
  });

  it("refuses windows, shifts and tables that do not fit", () => {
    const image = ramp([1, 2, 2, 2]);
    const attend = (positions: ReferenceTensor, options: WindowOptions) => () =>
      A.windowAttention(image, image, image, positions, options);
    expect(attend(zeros([9, 1]), { heads: 1, window: 2, shift: 2 })).toThrow(
      "windowAttention: found shift 2 of windows of 2, expected a shift below the window",
    );
    expect(attend(zeros([9, 2]), { heads: 1, window: 2, shift: 0 })).toThrow(
      "windowAttention: found positions [9, 2], expected positions [9, 1]",
    );
    expect(attend(zeros([9, 1]), { heads: 1, window: 0, shift: 0 })).toThrow(
      "windowAttention: found window 0",
    );
    expect(attend(zeros([9, 1]), { heads: 1, window: 2, shift: -1 })).toThrow(
      "windowAttention: found shift -1",
    );
    expect(attend(zeros([9, 3]), { heads: 3, window: 2, shift: 0 })).toThrow(
      "windowAttention: found 2 channels for 3 heads",
    );
  });
});
