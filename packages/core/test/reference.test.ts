/** Tests the reference interpreter on values worked out by hand, and its errors. packages/laws tests its laws. */

import { referenceAlgebra as A, type ReferenceTensor, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { elements } from "../src/shape.ts";

const tensor = (shape: readonly number[], data: readonly number[]): ReferenceTensor => ({
  shape,
  data: Float64Array.from(data),
});

const none = { top: 0, bottom: 0, left: 0, right: 0 };
const ramp = (shape: readonly number[], from = 1): ReferenceTensor =>
  tensor(
    shape,
    Array.from({ length: elements(shape) }, (_, i) => i + from),
  );
const zeros = (shape: readonly number[]): ReferenceTensor =>
  tensor(shape, new Array(elements(shape)).fill(0));

const values = ({ data }: ReferenceTensor): readonly number[] => [...data];

describe("pointwise", () => {
  const a = tensor([4], [-2, 0, 3, 8]);

  it("works element by element", () => {
    const b = tensor([4], [1, 2, 4, -8]);
    expect(values(A.add(a, b))).toEqual([-1, 2, 7, 0]);
    expect(values(A.subtract(a, b))).toEqual([-3, -2, -1, 16]);
    expect(values(A.multiply(a, b))).toEqual([-2, 0, 12, -64]);
    expect(values(A.divide(a, b))).toEqual([-2, 0, 0.75, -1]);
    expect(values(A.offset(a, 0.5))).toEqual([-1.5, 0.5, 3.5, 8.5]);
    expect(values(A.square(a))).toEqual([4, 0, 9, 64]);
    expect(values(A.sqrt(tensor([3], [0, 2.25, 16])))).toEqual([0, 1.5, 4]);
    expect(values(A.abs(a))).toEqual([2, 0, 3, 8]);
    expect(values(A.relu(a))).toEqual([0, 0, 3, 8]);
    expect(values(A.relu6(a))).toEqual([0, 0, 3, 6]);
    expect(values(A.stopGradient(a))).toEqual(values(a));
  });

  it("scales by one factor, or by one for each sample of any rank", () => {
    expect(values(A.scale(a, -2))).toEqual([4, -0, -6, -16]);
    expect(values(A.scale(ramp([2, 3]), [10, 100]))).toEqual([10, 20, 30, 400, 500, 600]);
    expect(values(A.scale(ramp([2, 1, 2, 1]), [1, -1]))).toEqual([1, 2, -3, -4]);
  });

  it("averages to a scalar", () => {
    expect(A.mean(a)).toEqual(tensor([], [2.25]));
    expect(A.mean(tensor([], [5]))).toEqual(tensor([], [5]));
  });

  it("softplus and silu have their values and their limits", () => {
    const x = tensor([5], [-1e4, -1, 0, 1, 1e4]);
    const softplus = values(A.softplus(x));
    expect(softplus[0]).toBe(0);
    expect(softplus[1]).toBeCloseTo(0.31326168751822286, 15);
    expect(softplus[2]).toBeCloseTo(Math.LN2, 15);
    expect(softplus[3]).toBeCloseTo(1.3132616875182228, 15);
    expect(softplus[4]).toBe(1e4);
    const silu = values(A.silu(x));
    expect(silu[0]).toBeCloseTo(0, 15);
    expect(silu[1]).toBeCloseTo(-0.2689414213699951, 15);
    expect(silu[2]).toBe(0);
    expect(silu[3]).toBeCloseTo(0.7310585786300049, 15);
    expect(silu[4]).toBe(1e4);
  });

  it("refuses what it would have to broadcast", () => {
    expect(() => A.add(ramp([2, 3]), ramp([3]))).toThrow(
      "add: found [2, 3] and [3], expected two equal shapes",
    );
    expect(() => A.multiply(ramp([2, 3]), ramp([3, 2]))).toThrow("multiply: found [2, 3] and [3, 2]");
    expect(() => A.scale(ramp([2, 3]), [1, 2, 3])).toThrow(
      "scale: found 3 factors for [2, 3], expected one factor for each sample, the first axis",
    );
    expect(() => A.scale(tensor([], [1]), [1])).toThrow("scale: found 1 factors for []");
    expect(() => A.mean(tensor([0], []))).toThrow("mean: found [0]");
  });
});

describe("convolution", () => {
  // One sample, 3 x 3 pixels, one channel: rows 1 2 3, 4 5 6, 7 8 9.
  const image = ramp([1, 3, 3, 1]);

  it("correlates: the kernel is not flipped", () => {
    const weight = tensor([1, 1, 2, 2], [1, 10, 100, 1000]);
    const result = A.conv2d(image, weight, null, { stride: 1, padding: none });
    expect(result.shape).toEqual([1, 2, 2, 1]);
    expect(values(result)).toEqual([5421, 6532, 8754, 9865]);
  });

  it("sums over input channels, and adds the bias of each output channel", () => {
    // Pixels (1, 2) and (3, 4); output channels a + 10 b and 100 a + 1000 b.
    const weight = tensor([2, 2, 1, 1], [1, 10, 100, 1000]);
    const result = A.conv2d(ramp([1, 1, 2, 2]), weight, tensor([2], [0.5, 0.25]), {
      stride: 1,
      padding: none,
    });
    expect(values(result)).toEqual([21.5, 2100.25, 43.5, 4300.25]);
  });

  it("pads each side by itself and floors the size under a stride", () => {
    const weight = tensor([1, 1, 2, 2], [1, 1, 1, 1]);
    const padding = { top: 1, bottom: 0, left: 0, right: 2 };
    const result = A.conv2d(image, weight, null, { stride: 2, padding });
    expect(result.shape).toEqual([1, 2, 2, 1]);
    expect(values(result)).toEqual([3, 3, 24, 15]);
  });

  it("keeps samples apart", () => {
    const weight = tensor([1, 1, 1, 2], [1, 1]);
    const result = A.conv2d(ramp([2, 1, 2, 1]), weight, null, {
      stride: 1,
      padding: { ...none, right: 1 },
    });
    expect(values(result)).toEqual([3, 2, 7, 4]);
  });

  it("depthwise takes each channel by itself", () => {
    // Pixels (1, 2), (3, 4), (5, 6) in a row; channel 0: x + 10 x', channel 1: 100 x + 1000 x'.
    const weight = tensor([2, 1, 1, 2], [1, 10, 100, 1000]);
    const result = A.depthwiseConv2d(ramp([1, 1, 3, 2]), weight, tensor([2], [0.5, 0]), {
      stride: 1,
      padding: none,
    });
    expect(values(result)).toEqual([31.5, 4200, 53.5, 6400]);
  });

  it("linear multiplies by the transposed weight", () => {
    const weight = tensor([2, 3], [1, 0, -1, 10, 100, 1000]);
    expect(values(A.linear(ramp([2, 3]), weight, tensor([2], [0.5, -1])))).toEqual([-1.5, 3209, -1.5, 6539]);
  });

  it("refuses weights, biases and options that do not fit", () => {
    const options = { stride: 1, padding: none };
    expect(() => A.conv2d(ramp([1, 4, 4, 3]), zeros([2, 4, 3, 3]), null, options)).toThrow(
      "conv2d: found image [1, 4, 4, 3] and weight [2, 4, 3, 3], expected weight [o, 3, kh, kw]",
    );
    expect(() => A.conv2d(image, zeros([2, 1, 1, 1]), zeros([3]), options)).toThrow(
      "conv2d: found bias [3], expected bias [2]",
    );
    expect(() => A.conv2d(ramp([3, 3]), zeros([1, 1, 1, 1]), null, options)).toThrow(
      "conv2d: found [3, 3], expected an image [n, h, w, c]",
    );
    expect(() => A.conv2d(image, zeros([1, 1, 4, 4]), null, options)).toThrow(
      "conv2d: found a padded image of 3 x 3 under a kernel of 4 x 4",
    );
    expect(() => A.conv2d(image, zeros([1, 1, 1, 1]), null, { stride: 0, padding: none })).toThrow(
      "conv2d: found stride 0, expected a whole number of at least 1",
    );
    expect(() =>
      A.conv2d(image, zeros([1, 1, 1, 1]), null, { stride: 1, padding: { ...none, left: -1 } }),
    ).toThrow("conv2d: found padding.left -1");
    expect(() => A.depthwiseConv2d(ramp([1, 2, 2, 3]), zeros([3, 3, 1, 1]), null, options)).toThrow(
      "depthwiseConv2d: found image [1, 2, 2, 3] and weight [3, 3, 1, 1], expected weight [3, 1, kh, kw]",
    );
    expect(() => A.linear(ramp([2, 3]), zeros([3, 2]), null)).toThrow(
      "linear: found [2, 3] and weight [3, 2], expected weight [o, 3]",
    );
  });
});

describe("images", () => {
  it("upsamples by repeating pixels", () => {
    const result = A.upsampleNearest(ramp([1, 1, 2, 1]), 2);
    expect(result.shape).toEqual([1, 2, 4, 1]);
    expect(values(result)).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  });

  it("moves space to depth in PyTorch's channel order", () => {
    // 2 x 2 pixels of 2 channels: (1 2) (3 4) / (5 6) (7 8). Channel 0 comes first, its block row by row.
    const result = A.spaceToDepth(ramp([1, 2, 2, 2]), 2);
    expect(result.shape).toEqual([1, 1, 1, 8]);
    expect(values(result)).toEqual([1, 3, 5, 7, 2, 4, 6, 8]);
    expect(A.depthToSpace(result, 2)).toEqual(ramp([1, 2, 2, 2]));
  });

  it("moves depth to space over several blocks", () => {
    const result = A.depthToSpace(ramp([1, 1, 2, 4]), 2);
    expect(result.shape).toEqual([1, 2, 4, 1]);
    expect(values(result)).toEqual([1, 2, 5, 6, 3, 4, 7, 8]);
  });

  it("joins and slices channels", () => {
    const joined = A.concatChannels([ramp([1, 1, 2, 1]), ramp([1, 1, 2, 2], 10)]);
    expect(joined).toEqual(tensor([1, 1, 2, 3], [1, 10, 11, 2, 12, 13]));
    expect(A.sliceChannels(joined, 1, 2)).toEqual(ramp([1, 1, 2, 2], 10));
    expect(A.sliceChannels(ramp([2, 3]), 1, 1)).toEqual(tensor([2, 1], [2, 5]));
  });

  it("normalises each pixel over its channels", () => {
    expect(values(A.channelNorm(tensor([1, 1, 2, 2], [1, -7, 0, 3]), 0))).toEqual([
      0.2,
      -1.4,
      0,
      3 / Math.sqrt(4.5),
    ]);
    expect(values(A.channelNorm(tensor([1, 1, 1, 1], [3]), 7))).toEqual([0.75]);
    expect(values(A.channelNorm(zeros([1, 1, 1, 2]), 1))).toEqual([0, 0]);
  });

  it("modulates each channel of each sample", () => {
    const result = A.modulate(
      tensor([2, 1, 1, 2], [1, 2, 3, 4]),
      tensor([2, 2], [0, 1, 2, -1]),
      tensor([2, 2], [10, 20, 30, 40]),
    );
    expect(values(result)).toEqual([11, 24, 39, 40]);
  });

  it("refuses shapes that do not fit", () => {
    expect(() => A.spaceToDepth(ramp([1, 3, 4, 1]), 2)).toThrow(
      "spaceToDepth: found [1, 3, 4, 1], expected height and width in multiples of 2",
    );
    expect(() => A.depthToSpace(ramp([1, 1, 1, 6]), 2)).toThrow(
      "depthToSpace: found [1, 1, 1, 6], expected channels in a multiple of 4",
    );
    expect(() => A.upsampleNearest(ramp([1, 1, 1, 1]), 1.5)).toThrow(
      "upsampleNearest: found factor 1.5, expected a whole number of at least 1",
    );
    expect(() => A.concatChannels([ramp([1, 2, 2, 1]), ramp([1, 2, 3, 1])])).toThrow(
      "concatChannels: found [1, 2, 2, 1] and [1, 2, 3, 1], expected one image or more",
    );
    expect(() => A.concatChannels([])).toThrow("concatChannels: found no images");
    expect(() => A.sliceChannels(ramp([1, 1, 1, 4]), 3, 2)).toThrow(
      "sliceChannels: found channels 3 to 4 of [1, 1, 1, 4], expected channels within 0 to 3",
    );
    expect(() => A.sliceChannels(ramp([4]), 0, 1)).toThrow("sliceChannels: found [4]");
    expect(() => A.modulate(ramp([2, 1, 1, 3]), zeros([1, 3]), zeros([2, 3]))).toThrow(
      "modulate: found image [2, 1, 1, 3] and gamma [1, 3], expected gamma [2, 3]",
    );
    expect(() => A.modulate(ramp([2, 1, 1, 3]), zeros([2, 3]), zeros([2, 1]))).toThrow("beta [2, 1]");
    expect(() => A.channelNorm(ramp([2, 2]), 0)).toThrow("channelNorm: found [2, 2]");
  });
});

describe("the engine", () => {
  it("takes either precision and gives float64 back", async () => {
    const single = referenceEngine.upload("vector", { shape: [2], data: Float32Array.of(0.1, 2) });
    expect(await referenceEngine.download("vector", single)).toEqual({
      shape: [2],
      data: Float64Array.of(Math.fround(0.1), 2),
    });
    const double = referenceEngine.upload("scalar", { shape: [], data: Float64Array.of(0.1) });
    expect((await referenceEngine.download("scalar", double)).data[0]).toBe(0.1);
  });

  it("refuses arrays that are not of their kind", async () => {
    const data = new Float64Array(6);
    expect(() => referenceEngine.upload("matrix", { shape: [6], data })).toThrow(
      "upload: found [6], expected 2 axes for the kind matrix",
    );
    expect(() => referenceEngine.upload("matrix", { shape: [2, 2], data })).toThrow(
      "upload: found 6 elements for [2, 2], expected 4 elements",
    );
    expect(() => referenceEngine.upload("depthwise", { shape: [1, 6, 1, 1], data })).toThrow(
      "4 axes for the kind depthwise, the second 1",
    );
    await expect(referenceEngine.download("image", { shape: [6], data })).rejects.toThrow(
      "download: found [6], expected 4 axes for the kind image",
    );
  });

  it("has float64's epsilon, and nothing to release", () => {
    expect(1 + referenceEngine.epsilon).toBeGreaterThan(1);
    expect(1 + referenceEngine.epsilon / 2).toBe(1);
    const before = referenceEngine.liveTensors();
    const kept = referenceEngine.scope(() => A.add(ramp([2]), ramp([2])));
    referenceEngine.release([kept]);
    expect(referenceEngine.liveTensors()).toBe(before);
  });
});
