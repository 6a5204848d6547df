import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bicubicDown,
  blurPasses,
  discreteGaussian,
  type FloatPicture,
  gaussianBlur,
  resize,
  resizeFilters,
  throughJpeg,
} from "../src/index.ts";

const pictureOf = (
  width: number,
  height: number,
  value: (x: number, y: number, channel: number) => number,
): FloatPicture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return value(pixel % width, Math.floor(pixel / width), i % 3);
  }),
});

const constantOf = (width: number, height: number): FloatPicture =>
  pictureOf(width, height, (_x, _y, channel) => [0.2, 0.5, 0.9][channel] as number);

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
};

const blurs = fc.record({
  sigmaAlong: fc.double({ min: 0.2, max: 3, noNaN: true }),
  flattening: fc.double({ min: 0.25, max: 1, noNaN: true }),
  angle: fc.double({ min: 0, max: Math.PI, noNaN: true }),
});

/** The expected covariance [xx, xy, yy], from the rotation written as a matrix product. */
const covarianceOf = (along: number, across: number, angle: number): readonly [number, number, number] => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const root = [
    [c * along, -s * across],
    [s * along, c * across],
  ] as const;
  const entry = (i: 0 | 1, j: 0 | 1): number => root[i][0] * root[j][0] + root[i][1] * root[j][1];
  return [entry(0, 0), entry(0, 1), entry(1, 1)];
};

describe("blur", () => {
  it("has one-dimensional kernels that sum to 1 and have the variance asked for", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 12, noNaN: true }), (variance) => {
        const kernel = discreteGaussian(variance);
        const sum = (term: (weight: number, k: number) => number): number =>
          kernel.reduce((total, weight, k) => total + (k === 0 ? 1 : 2) * term(weight, k), 0);
        expect(sum((weight) => weight)).toBeCloseTo(1, 12);
        const measured = sum((weight, k) => k * k * weight);
        expect(measured).toBeLessThanOrEqual(variance * (1 + 1e-9));
        // The tails that are cut have at most 2e-4 of the weight, nearly all of it one step beyond the last.
        expect(measured).toBeGreaterThan(variance - 2e-4 * (kernel.length + 1) ** 2);
      }),
    );
  });

  it("splits the covariance into at most three integer directions exactly", () => {
    fc.assert(
      fc.property(blurs, ({ sigmaAlong, flattening, angle }) => {
        const sigmaAcross = flattening * sigmaAlong;
        const passes = blurPasses({ sigmaAlong, sigmaAcross, angle });
        expect(passes.length).toBeLessThanOrEqual(3);
        const [xx, xy, yy] = covarianceOf(sigmaAlong, sigmaAcross, angle);
        const total = (term: (dx: number, dy: number) => number): number =>
          passes.reduce((sum, { dx, dy, variance }) => sum + variance * term(dx, dy), 0);
        for (const { dx, dy, variance } of passes) {
          expect(Number.isInteger(dx) && Number.isInteger(dy)).toBe(true);
          expect(variance).toBeGreaterThan(0);
        }
        // Passes with a variance below 1e-4 are left out. Their steps are a few pixels at most.
        expect(Math.abs(total((dx) => dx * dx) - xx)).toBeLessThan(5e-3);
        expect(Math.abs(total((dx, dy) => dx * dy) - xy)).toBeLessThan(5e-3);
        expect(Math.abs(total((_dx, dy) => dy * dy) - yy)).toBeLessThan(5e-3);
      }),
    );
  });

  it("spreads a point by the covariance asked for, centred where the point was", () => {
    const side = 61;
    const point = pictureOf(side, side, (x, y) => (x === 30 && y === 30 ? 1 : 0));
    for (const [sigmaAlong, sigmaAcross, angle] of [
      [2.2, 2.2, 0.4],
      [2.2, 0.55, 0.3],
      [1.7, 0.6, 2.5],
      [0.4, 0.2, 1],
    ] as const) {
      const { data } = gaussianBlur(point, { sigmaAlong, sigmaAcross, angle });
      const moment = (term: (x: number, y: number) => number): number =>
        data.reduce((sum, value, i) => {
          const pixel = Math.floor(i / 3);
          return i % 3 === 0 ? sum + value * term((pixel % side) - 30, Math.floor(pixel / side) - 30) : sum;
        }, 0);
      const [xx, xy, yy] = covarianceOf(sigmaAlong, sigmaAcross, angle);
      expect(moment(() => 1)).toBeCloseTo(1, 5);
      expect(moment((x) => x)).toBeCloseTo(0, 5);
      expect(moment((_x, y) => y)).toBeCloseTo(0, 5);
      expect(Math.abs(moment((x) => x * x) - xx)).toBeLessThan(0.01 * xx + 1e-3);
      expect(Math.abs(moment((x, y) => x * y) - xy)).toBeLessThan(0.01 * xx + 1e-3);
      expect(Math.abs(moment((_x, y) => y * y) - yy)).toBeLessThan(0.01 * yy + 5e-3);
    }
  });

  it("keeps a constant picture, even if it is smaller than the kernel", () => {
    fc.assert(
      fc.property(
        blurs,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (blur, width, height) => {
          const constant = constantOf(width, height);
          const sigmaAcross = blur.flattening * blur.sigmaAlong;
          expect(farthest(gaussianBlur(constant, { ...blur, sigmaAcross }).data, constant.data)).toBeLessThan(
            1e-6,
          );
        },
      ),
    );
  });
});

describe("resize", () => {
  it("keeps a constant picture, for every filter and any sizes", () => {
    const side = fc.integer({ min: 1, max: 23 });
    fc.assert(
      fc.property(
        fc.constantFrom(...resizeFilters),
        side,
        side,
        side,
        side,
        (filter, w, h, width, height) => {
          const result = resize(constantOf(w, h), { width, height }, filter);
          expect(farthest(result.data, constantOf(width, height).data)).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it.each(resizeFilters)("keeps a ramp in its place: %s", (filter) => {
    const ramp = (x: number, y: number, channel: number): number =>
      0.1 + 0.002 * x + 0.003 * y + 0.1 * channel;
    const source = pictureOf(96, 80, ramp);
    for (const [width, height] of [
      [24, 20],
      [48, 40],
      [60, 50],
    ] as const) {
      const ratio = 96 / width;
      const result = resize(source, { width, height }, filter);
      const expected = pictureOf(width, height, (x, y, channel) =>
        ramp((x + 0.5) * ratio - 0.5, (y + 0.5) * ratio - 0.5, channel),
      );
      // At other ratios a filter's centre varies by a tenth of a pixel (half a pixel would give 2.5e-3).
      const tolerance = Number.isInteger(ratio) ? 1e-6 : 6e-4;
      const inside = (picture: FloatPicture): number[] =>
        Array.from(picture.data).filter((_, i) => {
          const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
          return x >= 3 && y >= 3 && x < width - 3 && y < height - 3;
        });
      expect(farthest(inside(result), inside(expected))).toBeLessThan(tolerance);
    }
  });

  it("has Keys' weights with a = -1/2 if it doubles a point", () => {
    const point = pictureOf(9, 1, (x) => (x === 4 ? 1 : 0));
    const { data } = resize(point, { width: 18, height: 1 }, "bicubic");
    const row = Array.from({ length: 18 }, (_, x) => data[3 * x]);
    expect(row.slice(4, 14)).toEqual([
      0, -0.0234375, -0.0703125, 0.2265625, 0.8671875, 0.8671875, 0.2265625, -0.0703125, -0.0234375, 0,
    ]);
  });

  it("averages whole pixels if the area filter shrinks by a whole number", () => {
    const source = pictureOf(8, 4, (x, y, channel) => ((7 * x + 3 * y * y + channel) % 11) / 11);
    const result = resize(source, { width: 4, height: 2 }, "area");
    const at = (x: number, y: number, channel: number): number =>
      source.data[3 * (8 * y + x) + channel] as number;
    const expected = pictureOf(
      4,
      2,
      (x, y, c) =>
        (at(2 * x, 2 * y, c) +
          at(2 * x + 1, 2 * y, c) +
          at(2 * x, 2 * y + 1, c) +
          at(2 * x + 1, 2 * y + 1, c)) /
        4,
    );
    expect(farthest(result.data, expected.data)).toBeLessThan(1e-6);
  });

  it("removes frequencies that the smaller picture cannot hold", () => {
    const stripes = pictureOf(64, 64, (x) => (x % 2 === 0 ? 0 : 1));
    const { data } = bicubicDown(stripes);
    const inside = data.filter((_, i) => Math.floor(i / 3) % 16 > 1 && Math.floor(i / 3) % 16 < 14);
    expect(farthest(inside, new Float32Array(16 * 12 * 3).fill(0.5))).toBeLessThan(0.02);
  });
});

describe("JPEG", () => {
  const picture = pictureOf(
    48,
    40,
    (x, y, c) => 0.5 + 0.2 * Math.sin(x * y * 0.05 + c) + 0.2 * Math.cos(x * 1.3),
  );

  it("moves further from the picture as the quality falls", async () => {
    const errors = await Promise.all(
      [95, 80, 60, 40, 20].map(async (quality) => {
        const { data } = await throughJpeg(picture, quality);
        return data.reduce((sum, value, i) => sum + (value - (picture.data[i] as number)) ** 2, 0);
      }),
    );
    for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeGreaterThan(errors[i - 1] as number);
    expect(errors[0]).toBeGreaterThan(0);
  });

  it("gives the same values each time", async () => {
    const [first, second] = await Promise.all([throughJpeg(picture, 70), throughJpeg(picture, 70)]);
    expect(first.data).toEqual(second.data);
  });
});
