import { elements, type NdArray, referenceAlgebra, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { featureDistance } from "../src/networks/features/distance.ts";
import { efficientNetFeatures, efficientNetParameters } from "../src/networks/features/efficientnet.ts";

const float32 = (length: number, f: (i: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, i) => f(i));

/** A number in [0, 1) that looks random. */
const scattered = (i: number, layer: number): number => {
  const value = Math.sin(i * 12.9898 + layer * 78.233) * 43758.5453;
  return value - Math.floor(value);
};

/** Weights by formula, so that PyTorch could be given the same: see EXPECTED. */
const weights = Object.fromEntries(
  efficientNetParameters.map(({ name, kind, shape }, place) => {
    const layer = Math.floor(place / 2);
    const count = elements(shape);
    const fan = count / (shape[0] ?? 1);
    const data = name.endsWith(".weight")
      ? float32(count, (i) => (scattered(i, layer) - 0.5) * Math.sqrt(24 / fan))
      : float32(count, (i) => 0.1 * Math.cos(i + layer));
    return [name, referenceEngine.upload(kind, { shape, data })];
  }),
);

const picture = (phase: number): NdArray => ({
  shape: [1, 32, 32, 3],
  data: float32(32 * 32 * 3, (i) => Math.sin(i * 0.013 * (1 + phase) + phase)),
});

const features = (phase: number) =>
  efficientNetFeatures(referenceAlgebra, weights)(referenceEngine.upload("image", picture(phase)));

/**
 * The same network on the same numbers in PyTorch 2.13, float64: for each compared block, the mean over
 * pixels of the squared difference of the feature vectors divided by their lengths.
 */
const EXPECTED = [1.114498770938395, 0.5873582494874544, 0.43635408025159655, 0.40119519810624826];

describe("the perceptual distance", () => {
  it("agrees with the same network in PyTorch, block by block", () => {
    const [a, b] = [features(0), features(1)];
    expect(a.map(({ shape }) => shape)).toEqual([
      [1, 16, 16, 16],
      [1, 8, 8, 24],
      [1, 4, 4, 40],
      [1, 2, 2, 80],
    ]);
    EXPECTED.forEach((expected, stage) => {
      const pair = [a[stage], b[stage]].map((feature) => (feature === undefined ? [] : [feature]));
      const distance = featureDistance(referenceAlgebra)(pair[0] ?? [], pair[1] ?? []).data[0] ?? 0;
      // 1e-4: a length is made safe by adding 1e-6 to its square here, and by adding to itself there.
      expect(Math.abs(distance / expected - 1)).toBeLessThan(1e-4);
    });
    const sum = EXPECTED.reduce((x, y) => x + y, 0);
    expect(featureDistance(referenceAlgebra)(a, b).data[0]).toBeCloseTo(sum, 4);
  });

  it("is 0 between a picture and itself", () => {
    const a = features(0);
    expect(featureDistance(referenceAlgebra)(a, a).data[0]).toBe(0);
  });

  it("moves with the picture: phase (y, x) equals the usual phase on a picture shifted by y and x pixels", () => {
    // 64 x 64 pixels of a picture without end, and the same from one pixel to the left and two above.
    const at = (top: number, left: number): NdArray => ({
      shape: [1, 64, 64, 3],
      data: float32(64 * 64 * 3, (i) => {
        const [y, x, c] = [Math.floor(i / 192) + top, (Math.floor(i / 3) % 64) + left, i % 3];
        return Math.sin(0.3 * x + c) * Math.cos(0.2 * y * (1 + c));
      }),
    });
    const look = efficientNetFeatures(referenceAlgebra, weights);
    const [first] = look(referenceEngine.upload("image", at(0, 0)), { y: 0, x: 1 });
    const [second] = look(referenceEngine.upload("image", at(0, -1)), { y: 0, x: 0 });
    const [unmoved] = look(referenceEngine.upload("image", at(0, 0)));
    const inside = (tensor: typeof first, i: number): number =>
      tensor?.data[((8 + Math.floor(i / 16)) * 32 + 8 + (i % 16)) * 16] ?? Number.NaN;
    for (let i = 0; i < 256; i++) expect(inside(first, i)).toBeCloseTo(inside(second, i), 10);
    expect(Array.from({ length: 256 }, (_, i) => Math.abs(inside(first, i) - inside(unmoved, i)))).toSatisfy(
      (differences: number[]) => Math.max(...differences) > 0.01,
    );
  });

  it("refuses lists of different lengths", () => {
    const a = features(0);
    expect(() => featureDistance(referenceAlgebra)(a, a.slice(1))).toThrow(/4 maps against 3/);
  });
});
