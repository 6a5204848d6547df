import { uniform } from "@tadsr/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FloatPicture,
  type NoisePlace,
  placeOf,
  poissonAt,
  poissonDistribution,
  withGaussianNoise,
  withPoissonNoise,
} from "../src/index.ts";

const place: NoisePlace = placeOf("noise", 5, 0);

/** Columns of 16 greys, each with a different tint. */
const steps = (height: number): FloatPicture => ({
  width: 16,
  height,
  data: Float32Array.from({ length: 48 * height }, (_, i) => (16 * (Math.floor(i / 3) % 16) + 8) / 255),
});

const noiseOf = (noisy: FloatPicture, picture: FloatPicture): Float64Array =>
  Float64Array.from(noisy.data, (value, i) => value - (picture.data[i] as number));

const moments = (values: readonly number[]): readonly [mean: number, variance: number] => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
};

const correlation = (one: readonly number[], other: readonly number[]): number => {
  const [m_1, v_1] = moments(one);
  const [m_2, v_2] = moments(other);
  const product =
    one.reduce((sum, value, i) => sum + (value - m_1) * ((other[i] as number) - m_2), 0) / one.length;
  return product / Math.sqrt(v_1 * v_2);
};

const channel = (noise: Float64Array, c: number): readonly number[] =>
  Array.from(noise).filter((_, i) => i % 3 === c);

describe("the Poisson distribution", () => {
  it("rises to 1 by e^-m m^n / n!, with the mean and the variance m", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 256, noNaN: true }), (mean) => {
        const distribution = poissonDistribution(mean);
        const chance = (n: number): number =>
          (distribution[n] as number) - (n === 0 ? 0 : (distribution[n - 1] as number));
        expect(distribution.at(-1)).toBeCloseTo(1, 12);
        expect(chance(0)).toBeCloseTo(Math.exp(-mean), 14);
        let [first, second] = [0, 0];
        for (let n = 0; n < distribution.length; n++) {
          expect(chance(n)).toBeGreaterThanOrEqual(0);
          first += n * chance(n);
          second += n * n * chance(n);
        }
        expect(Math.abs(first - mean)).toBeLessThan(1e-9 * (1 + mean));
        expect(Math.abs(second - first * first - mean)).toBeLessThan(1e-7 * (1 + mean));
        if (mean > 1) expect(chance(3) / chance(2)).toBeCloseTo(mean / 3, 3);
      }),
    );
  });

  it("is inverted exactly: the least n whose sum is above u", () => {
    const number = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((word) => word / 2 ** 32);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 256, noNaN: true }), number, (mean, u) => {
        const distribution = poissonDistribution(mean);
        const n = poissonAt(distribution, u);
        expect(distribution[n]).toBeGreaterThan(u);
        if (n > 0) expect(distribution[n - 1]).toBeLessThanOrEqual(u);
      }),
    );
    const even = Float64Array.from([0.25, 0.5, 1]);
    expect([0, 0.2499, 0.25, 0.4999, 0.5, 0.9999].map((u) => poissonAt(even, u))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

describe("Poisson noise", () => {
  it("has the mean 0 and a variance in proportion to the signal", () => {
    const picture = steps(2500);
    for (const scale of [0.5, 2]) {
      const noise = noiseOf(withPoissonNoise(picture, { scale, grey: false, place }), picture);
      for (let column = 0; column < 16; column++) {
        const values = Array.from(noise).filter((_, i) => Math.floor(i / 3) % 16 === column);
        const [mean, variance] = moments(values);
        // 16 different bytes, so white is 16 photons.
        const expected = (scale ** 2 * ((16 * column + 8) / 255)) / 16;
        const photons = (16 * (16 * column + 8)) / 255;
        expect(Math.abs(mean)).toBeLessThan(4.5 * Math.sqrt(expected / values.length));
        expect(Math.abs(variance / expected - 1)).toBeLessThan(
          4.5 * Math.sqrt((2 + 1 / photons) / values.length),
        );
      }
    }
  });

  it("counts photons by the number of different bytes, rounded up to a power of two", () => {
    for (const [kinds, levels] of [
      [1, 1],
      [2, 2],
      [3, 4],
      [5, 8],
      [16, 16],
    ] as const) {
      const picture: FloatPicture = {
        width: 40,
        height: 40,
        data: Float32Array.from({ length: 4800 }, (_, i) => (51 + 9 * (i % kinds)) / 255),
      };
      const noise = noiseOf(withPoissonNoise(picture, { scale: 1, grey: false, place }), picture);
      const photons = noise.map((value, i) => levels * (value + (picture.data[i] as number)));
      expect(photons.every((count) => Math.abs(count - Math.round(count)) < 1e-4)).toBe(true);
      if (levels > 1) expect(photons.some((count) => Math.round(count) % 2 === 1)).toBe(true);
    }
  });

  it("inverts the distribution of each byte at the uniform number of its place", () => {
    const kinds = fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 256 });
    fc.assert(
      fc.property(kinds, fc.nat(1e9), (bytes, position) => {
        const there = { source: { seed: 8, stream: 9 }, position };
        const [width, height] = [64, 48];
        const byteAt = (i: number): number => bytes[(i * i + i) % bytes.length] ?? 0;
        const data = Float32Array.from({ length: 3 * width * height }, (_, i) => byteAt(i) / 255);
        const levels = 2 ** Math.ceil(Math.log2(new Set(Array.from(data)).size));
        const u = uniform(there.source, position, data.length);
        const noisy = withPoissonNoise({ width, height, data }, { scale: 1, grey: false, place: there }).data;
        const wrong = data.findIndex((value, i) => {
          const mean = (byteAt(i) / 255) * levels;
          const added = poissonAt(poissonDistribution(mean), u[i] ?? 0) / levels - byteAt(i) / 255;
          return noisy[i] !== Math.fround(value + added);
        });
        expect(wrong).toBe(-1);
      }),
      { numRuns: 15 },
    );
  });

  it("leaves black as it is", () => {
    const black = { width: 8, height: 8, data: new Float32Array(192) };
    expect(withPoissonNoise(black, { scale: 3, grey: false, place }).data).toEqual(black.data);
  });
});

describe("Gaussian noise", () => {
  it("has the mean 0 and the variance asked for, for any signal", () => {
    const picture = steps(3000);
    for (const sigma of [1 / 255, 30 / 255]) {
      const noise = noiseOf(withGaussianNoise(picture, { sigma, grey: false, place }), picture);
      for (const column of [0, 7, 15]) {
        const values = Array.from(noise).filter((_, i) => Math.floor(i / 3) % 16 === column);
        const [mean, variance] = moments(values);
        expect(Math.abs(mean)).toBeLessThan((4.5 * sigma) / Math.sqrt(values.length));
        expect(Math.abs(variance / sigma ** 2 - 1)).toBeLessThan(4.5 * Math.sqrt(2 / values.length));
      }
    }
  });
});

describe("noise of either kind", () => {
  const picture = steps(600);
  const kinds = {
    gaussian: (grey: boolean, from = place) => withGaussianNoise(picture, { sigma: 0.1, grey, place: from }),
    poisson: (grey: boolean, from = place) => withPoissonNoise(picture, { scale: 0.4, grey, place: from }),
  };

  it.each(Object.entries(kinds))(
    "is the same in the three channels if grey, else three different ones: %s",
    (_name, make) => {
      const grey = noiseOf(make(true), picture);
      const [red, green, blue] = [channel(grey, 0), channel(grey, 1), channel(grey, 2)];
      const differ = red.map((value, i) =>
        Math.max(Math.abs(value - (green[i] as number)), Math.abs(value - (blue[i] as number))),
      );
      expect(Math.max(...differ)).toBeLessThan(1e-6);
      const coloured = noiseOf(make(false), picture);
      // Four standard deviations of the correlation of 9600 independent pairs.
      for (const [a, b] of [
        [0, 1],
        [1, 2],
        [0, 2],
      ] as const)
        expect(Math.abs(correlation(channel(coloured, a), channel(coloured, b)))).toBeLessThan(0.041);
      const neighbours = channel(coloured, 0);
      expect(Math.abs(correlation(neighbours.slice(1), neighbours.slice(0, -1)))).toBeLessThan(0.041);
    },
  );

  it.each(Object.entries(kinds))("is a function of its place: %s", (_name, make) => {
    expect(make(false)).toEqual(make(false));
    expect(make(false, placeOf("noise", 6, 0))).not.toEqual(make(false));
    expect(make(false, placeOf("secondNoise", 5, 0))).not.toEqual(make(false));
    expect(make(true)).not.toEqual(make(false));
  });

  it("is the same for a large picture's beginning as for the beginning alone", () => {
    // Noise is drawn in runs of 49152 numbers.
    const large = { width: 64, height: 600, data: new Float32Array(64 * 600 * 3).fill(0.5) };
    const small = { width: 64, height: 200, data: new Float32Array(64 * 200 * 3).fill(0.5) };
    for (const grey of [false, true]) {
      const whole = withGaussianNoise(large, { sigma: 0.1, grey, place });
      const part = withGaussianNoise(small, { sigma: 0.1, grey, place });
      expect(whole.data.slice(0, part.data.length)).toEqual(part.data);
      expect(withPoissonNoise(large, { scale: 1, grey, place }).data.slice(0, part.data.length)).toEqual(
        withPoissonNoise(small, { scale: 1, grey, place }).data,
      );
    }
    const { data } = withGaussianNoise(large, { sigma: 0.1, grey: false, place });
    expect(data.slice(0, 1000)).not.toEqual(data.slice(49152, 50152));
  });
});
