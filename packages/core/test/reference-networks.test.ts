/**
 * Tests the reference's other operations of the published networks on values worked out by hand, and their errors:
 * activations, group normalisation, codebooks, closed sequences, spectral normalisation.
 */
import { referenceAlgebra as A, type ReferenceTensor, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { elements } from "../src/shape.ts";

const tensor = (shape: readonly number[], data: readonly number[]): ReferenceTensor => ({
  shape,
  data: Float64Array.from(data),
});

const filled = (shape: readonly number[], value: number): ReferenceTensor =>
  tensor(shape, new Array(elements(shape)).fill(value));
const ramp = (shape: readonly number[]): ReferenceTensor =>
  tensor(
    shape,
    Array.from({ length: elements(shape) }, (_, i) => i + 1),
  );

const values = ({ data }: ReferenceTensor): readonly number[] => [...data];

const expectClose = (found: ReferenceTensor, expected: readonly number[]): void => {
  expect(found.data).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(found.data[i]).toBeCloseTo(value, 12);
  });
};

describe("activations", () => {
  it("leakyRelu multiplies what is negative by its slope", () => {
    expectClose(A.leakyRelu(tensor([4], [-2, -0.5, 0, 3]), 0.2), [-0.4, -0.1, 0, 3]);
  });

  it("prelu multiplies what is negative by its channel's slope", () => {
    const image = tensor([1, 2, 1, 3], [-2, -2, 3, 0, 4, -1]);
    expectClose(A.prelu(image, tensor([3], [0.5, -1, 2])), [-1, 2, 3, 0, 4, -2]);
    expect(() => A.prelu(image, tensor([2], [1, 1]))).toThrow(
      "prelu: found image [1, 2, 1, 3] and slope [2], expected slope [3]",
    );
  });

  it("gelu has the normal distribution function, to fourteen digits, and its limits", () => {
    // x Phi(x), Phi from erfc tabulated to 17 digits: Phi(1), Phi(-1), Phi(-5), Phi(2.5).
    const found = values(A.gelu(tensor([7], [0, 1, -1, -5, 2.5, 1e4, -1e4])));
    expect(found[0]).toBe(0);
    expect(found[1]).toBeCloseTo(0.8413447460685429, 15);
    expect(found[2]).toBeCloseTo(-0.15865525393145705, 15);
    expect((found[3] as number) / (-5 * 2.866515718791939e-7)).toBeCloseTo(1, 12);
    expect(found[4]).toBeCloseTo(2.5 * 0.9937903346742238, 14);
    expect(found[5]).toBe(1e4);
    expect(found[6]).toBeCloseTo(0, 15);
  });

  it("gelu has no seam where the continued fraction takes over from the series, at 3 sqrt 2", () => {
    const TAIL = 2.209049699858544e-5 / 2; // Phi(-3 sqrt 2) = erfc(3) / 2
    for (const x of [1 - 1e-12, 1, 1 + 1e-12].map((factor) => 3 * Math.SQRT2 * factor)) {
      const [negative, positive] = values(A.gelu(tensor([2], [-x, x])));
      expect((negative as number) / (-x * TAIL)).toBeCloseTo(1, 9);
      expect((positive as number) / x).toBeCloseTo(1 - TAIL, 14);
    }
  });
});

describe("groupNorm", () => {
  const options = { groups: 2, epsilon: 0 };

  it("takes mean and population variance over the pixels of neighbouring channels", () => {
    // Two pixels, four channels; group 0 has 1 3 5 7 (mean 4, variance 5), group 1 has 0 2 2 4 (mean 2, variance 2).
    const image = tensor([1, 1, 2, 4], [1, 3, 0, 2, 5, 7, 2, 4]);
    const [r, s] = [1 / Math.sqrt(5), 1 / Math.SQRT2];
    const plain = A.groupNorm(image, filled([4], 1), filled([4], 0), options);
    expectClose(plain, [-3 * r, -r, -2 * s, 0, r, 3 * r, 0, 2 * s]);
  });

  it("has a weight and a bias for each channel, and epsilon under the root", () => {
    const image = tensor([1, 1, 2, 2], [0, 10, 2, 14]);
    const result = A.groupNorm(image, tensor([2], [4, 5]), tensor([2], [1, -1]), { groups: 2, epsilon: 3 });
    // Group 0: variance 1 + 3 = 4; group 1: variance 4 + 3 = 7.
    expectClose(result, [-1, -10 / Math.sqrt(7) - 1, 3, 10 / Math.sqrt(7) - 1]);
  });

  it("keeps samples apart", () => {
    const image = tensor([2, 1, 1, 2], [0, 2, 100, 104]);
    expectClose(
      A.groupNorm(image, filled([2], 1), filled([2], 0), { groups: 1, epsilon: 0 }),
      [-1, 1, -1, 1],
    );
  });

  it("refuses groups, weights and biases that do not fit", () => {
    const image = ramp([1, 1, 2, 4]);
    const [four, three] = [filled([4], 1), filled([3], 1)];
    expect(() => A.groupNorm(image, four, four, { groups: 3, epsilon: 0 })).toThrow(
      "groupNorm: found 4 channels in 3 groups, expected groups that divide the channels",
    );
    expect(() => A.groupNorm(image, four, four, { groups: 0, epsilon: 0 })).toThrow(
      "groupNorm: found groups 0",
    );
    expect(() => A.groupNorm(image, three, four, options)).toThrow(
      "groupNorm: found weight [3], expected weight [4]",
    );
    expect(() => A.groupNorm(image, four, three, options)).toThrow(
      "groupNorm: found bias [3], expected bias [4]",
    );
  });
});

describe("codebooks", () => {
  const codebook = tensor([4, 2], [0, 0, 3, 4, 0, 0, 1, 1]);

  it("finds the nearest row, the first of equals", () => {
    const image = tensor([1, 2, 2, 2], [0.1, -0.1, 3, 3, 0.5, 0.5, 0.6, 0.6]);
    const found = A.nearestIndices(image, codebook);
    expect(found).toEqual(tensor([1, 2, 2, 1], [0, 1, 0, 3]));
  });

  it("takes the rows that are named", () => {
    expect(A.takeRows(tensor([2, 1, 1, 1], [3, 1]), codebook)).toEqual(tensor([2, 1, 1, 2], [1, 1, 3, 4]));
  });

  it("refuses what does not fit", () => {
    expect(() => A.nearestIndices(ramp([1, 1, 1, 3]), codebook)).toThrow(
      "nearestIndices: found image [1, 1, 1, 3] and codebook [4, 2], expected codebook [k, 3]",
    );
    expect(() => A.nearestIndices(ramp([1, 1, 1, 2]), tensor([0, 2], []))).toThrow("k of at least 1");
    expect(() => A.takeRows(tensor([1, 1, 1, 2], [0, 1]), codebook)).toThrow(
      "takeRows: found indices [1, 1, 1, 2], expected indices [n, h, w, 1]",
    );
    for (const index of [-1, 4, 0.5, Number.NaN])
      expect(() => A.takeRows(tensor([1, 1, 1, 1], [index]), codebook)).toThrow(
        `takeRows: found index ${index}, expected a whole number from 0 to 3`,
      );
  });
});

describe("sequences", () => {
  it("correlates the pixels, row by row, as a closed sequence", () => {
    // 1 2 / 3 4 as 1 2 3 4; the weights 1 10 100 are for the pixel before, the pixel itself and the pixel after.
    const result = A.sequenceConvolution(ramp([1, 2, 2, 1]), tensor([1, 1, 3], [1, 10, 100]), null);
    expect(result).toEqual(tensor([1, 2, 2, 1], [214, 321, 432, 143]));
  });

  it("sums over channels, adds a bias, and keeps samples apart", () => {
    // Weight [o = 2, i = 2, k = 1]: outputs a + 10 b + 0.5 and 100 a + 1000 b - 0.5.
    const weight = tensor([2, 2, 1], [1, 10, 100, 1000]);
    const result = A.sequenceConvolution(ramp([2, 1, 1, 2]), weight, tensor([2], [0.5, -0.5]));
    expect(values(result)).toEqual([21.5, 2099.5, 43.5, 4299.5]);
  });

  it("refuses kernels that are even, longer than the sequence, or of other channels", () => {
    const image = ramp([1, 2, 2, 1]);
    for (const shape of [
      [1, 1, 2],
      [1, 1, 5],
      [1, 2, 1],
    ])
      expect(() => A.sequenceConvolution(image, ramp(shape), null)).toThrow(
        `sequenceConvolution: found image [1, 2, 2, 1] and weight [${shape.join(", ")}], expected weight [o, 1, k] with k odd and at most 4`,
      );
    expect(() => A.sequenceConvolution(image, ramp([1, 1]), null)).toThrow("expected weight [out, in, k]");
    expect(() => A.sequenceConvolution(image, ramp([2, 1, 1]), ramp([1]))).toThrow("expected bias [2]");
  });

  it("upload takes them as [out, in, k]", () => {
    expect(referenceEngine.upload("sequence", ramp([2, 1, 3])).shape).toEqual([2, 1, 3]);
    expect(() => referenceEngine.upload("sequence", ramp([2, 3]))).toThrow(
      "upload: found [2, 3], expected 3 axes for the kind sequence",
    );
  });
});

describe("spectral normalisation", () => {
  // As a matrix [2, 4]: 1 2 3 4 / 5 6 7 8.
  const weight = ramp([2, 2, 2]);

  it("divides by u W v", () => {
    // u W v with u = (1, -1), v = (0, 0, 0, 2): (4 - 8) 2 = -8.
    const result = A.spectralNormalize(weight, tensor([2], [1, -1]), tensor([4], [0, 0, 0, 2]));
    expect(result).toEqual(
      tensor(
        [2, 2, 2],
        [1, 2, 3, 4, 5, 6, 7, 8].map((x) => x / -8),
      ),
    );
  });

  it("finds the vectors of a power iteration, of length one", () => {
    // W (1, 0, 0, -1) = (-3, -3); W^T (3, -1) = (-2, 0, 2, 4).
    expectClose(A.leftSingular(weight, tensor([4], [1, 0, 0, -1])), [-Math.SQRT1_2, -Math.SQRT1_2]);
    const r = 1 / Math.sqrt(24);
    expectClose(A.rightSingular(weight, tensor([2], [3, -1])), [-2 * r, 0, 2 * r, 4 * r]);
  });

  it("converges to the largest singular value", () => {
    // A diagonal matrix of 1 and 3, as a weight of one tap.
    const diagonal = tensor([2, 2, 1], [1, 0, 0, 3]);
    let u = filled([2], Math.SQRT1_2);
    let v = filled([2], Math.SQRT1_2);
    for (let i = 0; i < 30; i++) {
      v = A.rightSingular(diagonal, u);
      u = A.leftSingular(diagonal, v);
    }
    expectClose(A.spectralNormalize(diagonal, u, v), [1 / 3, 0, 0, 1]);
  });

  it("divides by 1e-12 rather than by nothing", () => {
    expect(values(A.leftSingular(filled([2, 2, 2], 0), ramp([4])))).toEqual([0, 0]);
    expectClose(A.rightSingular(tensor([1, 1, 1], [1e-13]), tensor([1], [1])), [0.1]);
  });

  it("refuses vectors of another length", () => {
    expect(() => A.spectralNormalize(weight, ramp([3]), ramp([4]))).toThrow(
      "spectralNormalize: found u [3], expected u [2]",
    );
    expect(() => A.spectralNormalize(weight, ramp([2]), ramp([2]))).toThrow(
      "spectralNormalize: found v [2], expected v [4]",
    );
    expect(() => A.leftSingular(weight, ramp([2]))).toThrow("leftSingular: found v [2], expected v [4]");
    expect(() => A.rightSingular(weight, ramp([4]))).toThrow("rightSingular: found u [4], expected u [2]");
  });
});

describe("linear on an image", () => {
  it("multiplies every pixel", () => {
    const weight = tensor([1, 2], [1, 10]);
    const result = A.linear(ramp([1, 2, 1, 2]), weight, tensor([1], [0.5]));
    expect(result).toEqual(tensor([1, 2, 1, 1], [21.5, 43.5]));
  });

  it("refuses a vector", () => {
    expect(() => A.linear(ramp([2]), ramp([1, 2]), null)).toThrow(
      "linear: found [2], expected a matrix [n, i] or an image [n, h, w, i]",
    );
  });
});
