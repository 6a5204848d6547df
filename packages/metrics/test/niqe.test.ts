/** NIQE's parts and errors. test/metrics-agreement.test.ts compares its numbers with basicsr's. */

import { normal } from "@tadsr/core";
import type { Picture } from "@tadsr/model";
import { describe, expect, it } from "vitest";
import { niqe } from "../src/index.ts";
import { halved, locallyNormalised } from "../src/niqe/filters.ts";
import { fitGeneralisedGaussian } from "../src/niqe/generalised-gaussian.ts";
import { logGamma } from "../src/niqe/log-gamma.ts";
import { flat, left, right, scene, snow } from "./pictures.ts";

/** A picture of this size, with another in its upper left part. */
const pasted = (onto: Picture, picture: Picture): Picture => ({
  ...onto,
  data: onto.data.map((value, i) => {
    const [x, y] = [Math.floor(i / 3) % onto.width, Math.floor(i / 3 / onto.width)];
    const isInside = x < picture.width && y < picture.height;
    return isInside ? (picture.data[(y * picture.width + x) * 3 + (i % 3)] as number) : value;
  }),
});

describe("niqe", () => {
  it("uses whole blocks only: the rest at the right and at the bottom is left out", () => {
    const picture = scene(2 * 96, 96, 3);
    const wider = pasted(snow(2 * 96 + 95, 96 + 95, 4), picture);
    expect(right(niqe(wider))).toBe(right(niqe(picture)));
  });

  it("leaves a flat block out of the covariance, and its missing features out of the means", () => {
    // The third block has its neighbour's edge in its windows, the fourth has nothing.
    const found = right(niqe(pasted(flat(4 * 96, 96, 90), scene(2 * 96, 96, 3))));
    expect(found).toBeGreaterThan(0);
    expect(found).not.toBe(right(niqe(pasted(flat(3 * 96, 96, 90), scene(2 * 96, 96, 3)))));
  });

  it("gives an error for pictures without two blocks, or without two that have texture", () => {
    for (const [width, height] of [
      [95, 300],
      [300, 95],
      [191, 191],
    ] as const)
      expect(left(niqe(scene(width, height, 1)))).toEqual({
        _tag: "TooSmall",
        message: `the picture is ${width}x${height}, and NIQE needs at least two blocks of 96x96; take a larger picture`,
      });
    expect(left(niqe(flat(192, 192, 30)))).toEqual({
      _tag: "NotFinite",
      message: "4 of 4 blocks are flat, and NIQE needs at least two with texture; take another picture",
    });
  });
});

describe("its parts", () => {
  it("the gamma function is right for whole and half numbers", () => {
    let [factorial, half] = [1, Math.sqrt(Math.PI)];
    for (let n = 1; n < 30; n++) {
      expect(Math.exp(logGamma(n)) / factorial).toBeCloseTo(1, 12);
      expect(Math.exp(logGamma(n - 0.5)) / half).toBeCloseTo(1, 12);
      factorial *= n;
      half *= n - 0.5;
    }
  });

  it.each(["double", "single"] as const)(
    "in %s precision a Gaussian is fitted by the shape 2, and a lopsided one by its two widths",
    (precision) => {
      const values = normal({ seed: 5, stream: 0 }, 0, 200_000);
      const even = fitGeneralisedGaussian(values, precision);
      expect(even.shape).toBeCloseTo(2, 1);
      // A Gaussian of deviation 1 is exp(-|x / width|^2) with a width of the root of 2.
      expect(even.left).toBeCloseTo(Math.SQRT2, 1);
      const lopsided = fitGeneralisedGaussian(
        values.map((value) => (value > 0 ? 3 * value : value)),
        precision,
      );
      expect(lopsided.right / lopsided.left).toBeCloseTo(3, 1);
      expect(fitGeneralisedGaussian(Float64Array.of(1, 2, 0), precision).left).toBeNaN();
    },
  );

  it.each(["double", "single"] as const)(
    "in %s precision normalising makes a flat plane zero, and the mean of a slope is its middle",
    (precision) => {
      const data = Float64Array.from({ length: 20 * 10 }, (_, i) => 10 * (i % 20));
      const { data: slope } = locallyNormalised({ width: 20, height: 10, data }, precision);
      expect(slope[5 * 20 + 10]).toBeCloseTo(0, 5);
      const { data: flatPlane } = locallyNormalised(
        { width: 20, height: 10, data: data.fill(77) },
        precision,
      );
      // In float64 an error of the last bit is left, and of one sign.
      for (const value of flatPlane)
        precision === "single" ? expect(value).toBe(0) : expect(Math.abs(value)).toBeLessThan(1e-13);
    },
  );

  it("halving keeps straight slopes, and each pair's middle", () => {
    const plane = {
      width: 24,
      height: 16,
      data: Float64Array.from({ length: 24 * 16 }, (_, i) => 3 * (i % 24) + 5 * Math.floor(i / 24)),
    };
    const half = halved(plane);
    expect([half.width, half.height]).toEqual([12, 8]);
    expect(half.data[3 * 12 + 5]).toBeCloseTo(3 * 10.5 + 5 * 6.5, 4);
  });
});
