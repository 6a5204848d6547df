import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adaptiveNormalisation, type FloatRaster, waveletCorrection } from "../src/index.ts";
import { correctColours, lowFrequencies } from "../src/paper/colour-correction.ts";

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 24 }),
  height: fc.integer({ min: 1, max: 24 }),
});

/** Two pictures of the same size, with values in [-1, 1] as a network gives them. */
const pair: fc.Arbitrary<readonly [FloatRaster, FloatRaster]> = sizes.chain(({ width, height }) => {
  const picture = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: width * height * 3,
      maxLength: width * height * 3,
    })
    .map((values): FloatRaster => ({ width, height, channels: 3, data: Float32Array.from(values) }));
  return fc.tuple(picture, picture);
});

const channel = ({ data }: FloatRaster, c: number): readonly number[] =>
  [...data].filter((_, i) => i % 3 === c);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

const largestDifference = (a: FloatRaster, b: FloatRaster): number =>
  Math.max(...a.data.map((value, i) => Math.abs(value - (b.data[i] as number))));

const minus = (a: FloatRaster, b: FloatRaster): FloatRaster => ({
  ...a,
  data: a.data.map((value, i) => value - (b.data[i] as number)),
});

// For sums of about a thousand float32 numbers around 1.
const CLOSE = 1e-5;

describe("adain", () => {
  it("gives every channel the target's mean and deviation", () => {
    fc.assert(
      fc.property(pair, ([picture, target]) => {
        const corrected = adaptiveNormalisation(picture, target);
        for (const c of [0, 1, 2]) {
          expect(mean(channel(corrected, c))).toBeCloseTo(mean(channel(target, c)), 5);
          // A constant channel has no deviation to scale, and a nearly constant one is mostly rounding.
          if (deviation(channel(picture, c)) < 1e-3) continue;
          expect(deviation(channel(corrected, c))).toBeCloseTo(deviation(channel(target, c)), 4);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("keeps the order of a channel's values", () => {
    const picture = {
      width: 4,
      height: 1,
      channels: 3,
      data: Float32Array.from({ length: 12 }, (_, i) => i / 12),
    };
    const target = { ...picture, data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)) };
    const first = channel(adaptiveNormalisation(picture, target), 0);
    expect([...first].sort((a, b) => a - b)).toEqual(first);
  });

  it("makes a channel that does not vary the target's mean", () => {
    const picture = { width: 2, height: 1, channels: 3, data: new Float32Array(6).fill(0.5) };
    const target = { ...picture, data: Float32Array.of(0, 0, 0, 1, 1, 1) };
    expect([...adaptiveNormalisation(picture, target).data]).toEqual(new Array(6).fill(0.5));
  });
});

describe("wavelet", () => {
  it("leaves a picture unchanged if it is its own target", () => {
    fc.assert(
      fc.property(pair, ([picture]) => {
        expect(largestDifference(waveletCorrection(picture, picture), picture)).toBeLessThan(CLOSE);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it("keeps the picture's high frequencies and takes the target's low ones", () => {
    fc.assert(
      fc.property(pair, ([picture, target]) => {
        const corrected = waveletCorrection(picture, target);
        const high = minus(picture, lowFrequencies(picture));
        expect(largestDifference(minus(corrected, high), lowFrequencies(target))).toBeLessThan(CLOSE);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it("moves a constant shift of colour to the target's colour, and nothing else", () => {
    const picture: FloatRaster = {
      ...{ width: 48, height: 32, channels: 3 },
      data: Float32Array.from({ length: 48 * 32 * 3 }, (_, i) => Math.sin(i * i) / 2),
    };
    const target = { ...picture, data: picture.data.map((value, i) => value + 0.1 * ((i % 3) - 1)) };
    expect(largestDifference(waveletCorrection(picture, target), target)).toBeLessThan(CLOSE);
  });

  it("blurs by [1, 2, 1] / 4 with taps 1, 2, 4, 8 and 16 pixels apart along each side", () => {
    const [width, height] = [97, 5];
    const data = new Float32Array(width * height);
    // A column of light: across it the kernels show, down it nothing changes.
    for (let y = 0; y < height; y++) data[y * width + 48] = 1;
    let expected = new Map([[0, 1]]);
    for (const reach of [1, 2, 4, 8, 16]) {
      const next = new Map<number, number>();
      for (const [place, value] of expected)
        for (const [offset, weight] of [
          [-reach, 0.25],
          [0, 0.5],
          [reach, 0.25],
        ] as const)
          next.set(place + offset, (next.get(place + offset) ?? 0) + weight * value);
      expected = next;
    }
    const blurred = lowFrequencies({ width, height, channels: 1, data });
    for (let x = 0; x < width; x++)
      expect(blurred.data[2 * width + x]).toBeCloseTo(expected.get(x - 48) ?? 0, 7);
  });
});

it("`none` does not compute the target", () => {
  const picture = { width: 1, height: 1, channels: 3, data: new Float32Array(3) };
  const target = (): FloatRaster => {
    throw new Error("asked");
  };
  expect(correctColours("none", picture, target)).toBe(picture);
});
