import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FloatRaster, Rectangle } from "../src/index.ts";
import { addTile, averageTiles, cut, finishedParts, planChops, reflectPad } from "../src/paper/chopping.ts";

const same = (value: number): number => value;

const row = (...data: readonly number[]): FloatRaster => ({
  ...{ width: data.length, height: 1, channels: 1 },
  data: Float32Array.from(data),
});

describe("padding by reflection", () => {
  it.each([
    [[1, 2, 3], 5, [1, 2, 3, 2, 1]],
    [[1, 2, 3], 3, [1, 2, 3]],
    // More than the picture has: reflected again.
    [[1, 2, 3], 9, [1, 2, 3, 2, 1, 2, 3, 2, 1]],
    [[1, 2], 5, [1, 2, 1, 2, 1]],
    [[7], 3, [7, 7, 7]],
  ])("%j becomes %i long: %j", (data, width, expected) => {
    expect([...reflectPad(row(...data), width, 1, same).data]).toEqual(expected);
  });

  it("is the same down as across, keeps colours together and maps every value", () => {
    const picture = { width: 2, height: 2, channels: 3, data: Uint8Array.from({ length: 12 }, (_, i) => i) };
    const padded = reflectPad(picture, 3, 3, (value) => -value);
    const pixels = Array.from({ length: 9 }, (_, i) => -(padded.data[3 * i] as number) / 3);
    expect(pixels).toEqual([0, 1, 0, 2, 3, 2, 0, 1, 0]);
    expect([...padded.data.subarray(3, 6)]).toEqual([-3, -4, -5]);
  });
});

describe("tiles", () => {
  it.each([
    // The authors' 512 with its stride of 448.
    [512, 512, [0]],
    [64, 512, [0]],
    [576, 512, [0, 64]],
    [960, 512, [0, 448]],
    [1024, 512, [0, 448, 512]],
    [1408, 512, [0, 448, 896]],
    [320, 64, [0, 56, 112, 168, 224, 256]],
  ])("of a side of %i by %i begin at %j", (size, tile, expected) => {
    expect([...new Set(planChops(size, 64, tile).map(({ x }) => x))]).toEqual(expected);
    expect([...new Set(planChops(64, size, tile).map(({ y }) => y))]).toEqual(expected);
  });

  const cases = fc.record({
    width: fc.integer({ min: 1, max: 12 }).map((n) => 64 * n),
    height: fc.integer({ min: 1, max: 12 }).map((n) => 64 * n),
    tile: fc.integer({ min: 1, max: 6 }).map((n) => 64 * n),
  });

  it("have the same size, are inside the picture, cover it, and begin at multiples of 8", () => {
    fc.assert(
      fc.property(cases, ({ width, height, tile }) => {
        const places = planChops(width, height, tile);
        for (const { x, y, ...size } of places) {
          expect(size).toEqual({ width: Math.min(width, tile), height: Math.min(height, tile) });
          expect([x % 8, y % 8]).toEqual([0, 0]);
          expect(x + size.width <= width && y + size.height <= height).toBe(true);
        }
        const covers = (at: "x" | "y", size: "width" | "height", end: number): boolean =>
          Array.from({ length: end / 8 }, (_, i) => 8 * i).every((place) =>
            places.some((tile) => tile[at] <= place && place < tile[at] + tile[size]),
          );
        // Tiles are a grid, so they cover the picture if they cover its sides.
        const count = new Set(places.map(({ x }) => x)).size * new Set(places.map(({ y }) => y)).size;
        expect(places.length).toBe(count);
        expect(covers("x", "width", width) && covers("y", "height", height)).toBe(true);
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it("leave each pixel of the result to one of them: the last that has it", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 63 }), (sizes, padding) => {
        const [width, height] = [sizes.width - padding, sizes.height - padding];
        const tiles = planChops(sizes.width, sizes.height, sizes.tile);
        const parts = finishedParts(tiles, width, height);
        const has = (one: Rectangle, x: number, y: number): boolean =>
          x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height;
        const at = (count: number, size: number): readonly number[] =>
          Array.from({ length: count }, (_, i) => Math.floor((i * (size - 1)) / (count - 1)));
        for (const y of at(23, height))
          for (const x of at(23, width)) {
            expect(parts.map((part) => has(part, x, y)).filter(Boolean)).toHaveLength(1);
            expect(parts.findIndex((part) => has(part, x, y))).toBe(
              tiles.map((tile) => has(tile, x, y)).lastIndexOf(true),
            );
          }
      }),
      { numRuns: 20, seed: 6 },
    );
  });

  it("that are cut out and averaged give the picture back, without its padding", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 63 }), ({ width, height, tile }, padding) => {
        const data = Float32Array.from({ length: width * height }, (_, i) => (i * 7919) % 1009);
        const picture = { width, height, channels: 1, data };
        const kept = { x: 0, y: 0, width: width - padding, height: height - padding };
        const sum = { ...cut(picture, kept), data: new Float32Array(kept.width * kept.height) };
        const places = planChops(width, height, tile);
        for (const place of places) addTile(sum, cut(picture, place), place);
        averageTiles(sum, places);
        const whole = cut(picture, kept).data;
        const difference = sum.data.reduce(
          (most, v, i) => Math.max(most, Math.abs(v - (whole[i] as number))),
          0,
        );
        expect(difference).toBeLessThan(1e-3);
      }),
      { numRuns: 15, seed: 5 },
    );
  });

  it("that differ are averaged in their overlaps, and only there", () => {
    const places = planChops(120, 64, 64);
    expect(places.map(({ x }) => x)).toEqual([0, 56]);
    const sum = { width: 120, height: 64, channels: 1, data: new Float32Array(120 * 64) };
    for (const [i, place] of places.entries())
      addTile(sum, { width: 64, height: 64, channels: 1, data: new Float32Array(64 * 64).fill(i) }, place);
    averageTiles(sum, places);
    const line = [...sum.data.subarray(120 * 5, 120 * 6)];
    expect(line).toEqual([...new Array(56).fill(0), ...new Array(8).fill(0.5), ...new Array(56).fill(1)]);
  });
});
