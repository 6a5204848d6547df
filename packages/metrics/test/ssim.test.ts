import type { Picture } from "@tadsr/model";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ssim, ssimRgb } from "../src/index.ts";
import { flat, pairs, right } from "./pictures.ts";

type Value = (picture: Picture, x: number, y: number) => number;

const colour =
  (channel: number): Value =>
  ({ data, width }, x, y) =>
    data[(y * width + x) * 3 + channel] as number;

const luma: Value = (picture, x, y) =>
  [65.481, 128.553, 24.966].reduce(
    (sum, weight, channel) => sum + (weight * colour(channel)(picture, x, y)) / 255,
    16,
  );

const places = Array.from({ length: 121 }, (_, i) => [(i % 11) - 5, Math.floor(i / 11) - 5] as const);
const bells = places.map(([x, y]) => Math.exp(-(x * x + y * y) / (2 * 1.5 ** 2)));
const bellSum = bells.reduce((sum, bell) => sum + bell, 0);

/** The definition: means, variances and covariance around their means, one window after another. */
const slow = (a: Picture, b: Picture, value: Value): number => {
  const indices: number[] = [];
  for (let y = 5; y < a.height - 5; y++)
    for (let x = 5; x < a.width - 5; x++) {
      const mean = (of: (dx: number, dy: number) => number): number =>
        places.reduce((sum, [dx, dy], i) => sum + ((bells[i] as number) / bellSum) * of(dx, dy), 0);
      const valueA = (dx: number, dy: number): number => value(a, x + dx, y + dy);
      const valueB = (dx: number, dy: number): number => value(b, x + dx, y + dy);
      const [meanA, meanB] = [mean(valueA), mean(valueB)];
      const varianceA = mean((dx, dy) => (valueA(dx, dy) - meanA) ** 2);
      const varianceB = mean((dx, dy) => (valueB(dx, dy) - meanB) ** 2);
      const covariance = mean((dx, dy) => (valueA(dx, dy) - meanA) * (valueB(dx, dy) - meanB));
      indices.push(
        ((2 * meanA * meanB + 6.5025) * (2 * covariance + 58.5225)) /
          ((meanA ** 2 + meanB ** 2 + 6.5025) * (varianceA + varianceB + 58.5225)),
      );
    }
  return indices.reduce((sum, index) => sum + index, 0) / indices.length;
};

it("is the mean over whole windows of Wang's index, of luma and of each colour", () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      expect(right(ssim(a, b))).toBeCloseTo(slow(a, b, luma), 11);
      const colours = [0, 1, 2].map((channel) => slow(a, b, colour(channel)));
      const mean = colours.reduce((sum, index) => sum + index, 0) / 3;
      expect(right(ssimRgb(a, b))).toBeCloseTo(mean, 11);
    }),
    { numRuns: 20 },
  );
});

it("compares flat pictures by their means alone", () => {
  const [a, b] = [flat(14, 12, 50), flat(14, 12, 200)];
  expect(right(ssimRgb(a, b))).toBeCloseTo((2 * 50 * 200 + 6.5025) / (50 ** 2 + 200 ** 2 + 6.5025), 11);
});
