import { uniform } from "@tadsr/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bicubicResize, type Raster } from "../src/index.ts";

const raster = (width: number, height: number, channels: number, seed = 1): Raster => ({
  width,
  height,
  channels,
  data: uniform({ seed, stream: 0 }, 0, width * height * channels),
});

const filled = (width: number, height: number, value: (x: number, y: number) => number): Raster => ({
  width,
  height,
  channels: 1,
  data: Float64Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
});

/** Keys's kernel with a = -0.75 in one formula of the distance. */
const kernel = (distance: number): number => {
  const d = Math.abs(distance);
  if (d <= 1) return 1.25 * d ** 3 - 2.25 * d ** 2 + 1;
  return d < 2 ? -0.75 * (d ** 3 - 5 * d ** 2 + 8 * d - 4) : 0;
};

/** The definition: a sum over all source pixels, with the picture's edges repeated. */
const slow = (source: Raster, height: number, width: number): Float64Array => {
  const { channels, data } = source;
  const at = (x: number, y: number, c: number): number => {
    const [u, v] = [Math.min(source.width - 1, Math.max(0, x)), Math.min(source.height - 1, Math.max(0, y))];
    return data[(v * source.width + u) * channels + c] as number;
  };
  return Float64Array.from({ length: height * width * channels }, (_, i) => {
    const c = i % channels;
    const x = ((Math.floor(i / channels) % width) + 0.5) * (source.width / width) - 0.5;
    const y = (Math.floor(i / channels / width) + 0.5) * (source.height / height) - 0.5;
    let sum = 0;
    for (let v = Math.floor(y) - 3; v <= Math.floor(y) + 3; v++)
      for (let u = Math.floor(x) - 3; u <= Math.floor(x) + 3; u++)
        sum += kernel(x - u) * kernel(y - v) * at(u, v, c);
    return sum;
  });
};

const side = fc.integer({ min: 1, max: 12 });
const target = fc.integer({ min: 1, max: 40 });

describe("bicubicResize", () => {
  it("is the sum over the kernel, for any sizes, up and down", () => {
    fc.assert(
      fc.property(side, side, target, target, fc.constantFrom(1, 3, 4), (w, h, width, height, channels) => {
        const source = raster(w, h, channels);
        const { data } = bicubicResize(source, height, width);
        for (const [i, value] of slow(source, height, width).entries()) expect(data[i]).toBeCloseTo(value, 5);
      }),
      { numRuns: 30 },
    );
  });

  it("has the weights of a = -0.75 and half-pixel centres", () => {
    const impulse = filled(9, 1, (x) => (x === 4 ? 1 : 0));
    const { data } = bicubicResize(impulse, 1, 36);
    // At 1/8, 3/8 .. 15/8 pixels from the impulse, exact in binary.
    const weights = [
      0.96728515625, 0.74951171875, 0.42626953125, 0.11474609375, -0.07177734375, -0.10986328125,
      -0.06591796875, -0.01025390625,
    ];
    expect([...data.slice(18, 26)]).toEqual(weights);
    expect([...data.slice(10, 18)]).toEqual(weights.toReversed());
  });

  it("keeps constants", () => {
    fc.assert(
      fc.property(
        side,
        side,
        target,
        target,
        fc.integer({ min: 0, max: 255 }),
        (w, h, width, height, value) => {
          const { data } = bicubicResize(
            filled(w, h, () => value),
            height,
            width,
          );
          for (const found of data) expect(found).toBeCloseTo(value, 4);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps a linear ramp away from the edges, except for the error of a = -0.75", () => {
    // Only a = -0.5 keeps ramps. Between two pixels, at the fraction t, this kernel is off by this much.
    const bent = (position: number): number => {
      const t = position - Math.floor(position);
      return position - (2 * -0.75 + 1) * t * (1 - t) * (1 - 2 * t);
    };
    const { data } = bicubicResize(
      filled(12, 10, (x, y) => 3 * x - 2 * y),
      40,
      48,
    );
    for (let y = 8; y < 32; y++)
      for (let x = 8; x < 40; x++)
        expect(data[y * 48 + x]).toBeCloseTo(
          3 * bent((x + 0.5) / 4 - 0.5) - 2 * bent((y + 0.5) / 4 - 0.5),
          4,
        );
  });

  it("keeps the mean of a linear ramp over each source pixel", () => {
    const { data } = bicubicResize(
      filled(12, 1, (x) => 3 * x),
      1,
      48,
    );
    for (let x = 3; x < 9; x++) {
      const mean = data.slice(4 * x, 4 * x + 4).reduce((sum, value) => sum + value, 0) / 4;
      expect(mean).toBeCloseTo(3 * x, 5);
    }
  });

  it("returns the source if the size stays", () => {
    const source = raster(7, 5, 3);
    expect(bicubicResize(source, 5, 7).data).toEqual(new Float32Array(source.data));
  });

  it("computes a window as a crop of the whole, bit for bit", () => {
    fc.assert(
      fc.property(
        side,
        side,
        target,
        target,
        fc.infiniteStream(fc.nat(1000)),
        (w, h, width, height, dice) => {
          const roll = (most: number): number => (dice.next().value ?? 0) % most;
          const [x, y] = [roll(width), roll(height)];
          const window = { x, y, width: 1 + roll(width - x), height: 1 + roll(height - y) };
          const source = raster(w, h, 3);
          const whole = bicubicResize(source, height, width);
          const part = bicubicResize(source, height, width, window);
          expect([part.width, part.height]).toEqual([window.width, window.height]);
          for (let row = 0; row < window.height; row++) {
            const from = ((y + row) * width + x) * 3;
            const crop = whole.data.slice(from, from + window.width * 3);
            expect(part.data.slice(row * window.width * 3, (row + 1) * window.width * 3)).toEqual(crop);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("repeats the edge: a window beyond it equals that of the picture padded by its edge pixels", () => {
    const source = filled(5, 3, (x, y) => x * x + 7 * y);
    const padded = filled(8, 4, (x, y) => Math.min(4, x) ** 2 + 7 * Math.min(2, y));
    const window = { x: 9, y: 5, width: 23, height: 11 };
    expect(bicubicResize(source, 12, 20, window).data).toEqual(bicubicResize(padded, 16, 32, window).data);
  });

  it("reads bytes as they are", () => {
    const bytes = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 255, 3, 128, 7, 9) };
    const floats = { ...bytes, data: Float32Array.from(bytes.data) };
    expect(bicubicResize(bytes, 8, 12)).toEqual(bicubicResize(floats, 8, 12));
  });
});
