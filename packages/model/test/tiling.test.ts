import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paddedSize, planTiles, type TilingOptions } from "../src/index.ts";

/** Tiles of one pixel have an example of their own: as a property they are many and slow. */
const options: fc.Arbitrary<TilingOptions> = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  tile: fc.integer({ min: 3, max: 50 }),
  margin: fc.integer({ min: 0, max: 30 }),
  alignment: fc.integer({ min: 1, max: 9 }),
});

describe("planTiles", () => {
  it("keeps every pixel once", () => {
    fc.assert(
      fc.property(options, (asked) => {
        const times = new Uint8Array(asked.width * asked.height);
        for (const { kept } of planTiles(asked)) {
          expect(kept.x + kept.width).toBeLessThanOrEqual(asked.width);
          expect(kept.y + kept.height).toBeLessThanOrEqual(asked.height);
          for (let y = kept.y; y < kept.y + kept.height; y++) {
            const row = times.subarray(y * asked.width + kept.x, y * asked.width + kept.x + kept.width);
            row.set(row.map((count) => count + 1));
          }
        }
        expect(times.every((count) => count === 1)).toBe(true);
      }),
    );
  });

  it("keeps at most the tile's side rounded up, plus the margin at an edge", () => {
    fc.assert(
      fc.property(options, (asked) => {
        for (const { kept } of planTiles(asked)) {
          const most = asked.tile + asked.alignment - 1;
          const edges = (start: number, end: number, size: number): number =>
            Number(start === 0) + Number(end === size);
          const across = edges(kept.x, kept.x + kept.width, asked.width);
          const down = edges(kept.y, kept.y + kept.height, asked.height);
          const more = asked.margin + asked.alignment;
          expect(kept.width).toBeLessThanOrEqual(most + across * more);
          expect(kept.height).toBeLessThanOrEqual(most + down * more);
          expect(Math.min(kept.width, kept.height)).toBeGreaterThanOrEqual(1);
        }
      }),
    );
  });

  it("reads the margin around what it keeps, up to the padded picture's edges", () => {
    fc.assert(
      fc.property(options, (asked) => {
        const { margin, alignment } = asked;
        const [right, bottom] = [paddedSize(asked.width, alignment), paddedSize(asked.height, alignment)];
        for (const { kept, read } of planTiles(asked)) {
          expect(read.x).toBeLessThanOrEqual(Math.max(0, kept.x - margin));
          expect(read.y).toBeLessThanOrEqual(Math.max(0, kept.y - margin));
          expect(read.x + read.width).toBeGreaterThanOrEqual(Math.min(right, kept.x + kept.width + margin));
          expect(read.y + read.height).toBeGreaterThanOrEqual(
            Math.min(bottom, kept.y + kept.height + margin),
          );
        }
      }),
    );
  });

  it("reads inside the padded picture, aligned, and at most one alignment more than it must", () => {
    fc.assert(
      fc.property(options, (asked) => {
        const { margin, alignment, tile } = asked;
        for (const { read } of planTiles(asked)) {
          for (const value of Object.values(read)) expect(value % alignment).toBe(0);
          expect(Math.min(read.x, read.y)).toBeGreaterThanOrEqual(0);
          expect(read.x + read.width).toBeLessThanOrEqual(paddedSize(asked.width, alignment));
          expect(read.y + read.height).toBeLessThanOrEqual(paddedSize(asked.height, alignment));
          expect(Math.max(read.width, read.height)).toBeLessThan(tile + 2 * margin + 2 * alignment);
        }
      }),
    );
  });

  it("reads the same size for every tile", () => {
    fc.assert(
      fc.property(options, (asked) => {
        const sizes = new Set(planTiles(asked).map(({ read }) => `${read.width} x ${read.height}`));
        expect(sizes.size).toBe(1);
      }),
    );
  });

  it("pads by less than the alignment", () => {
    fc.assert(
      fc.property(options, ({ width, alignment }) => {
        const padding = paddedSize(width, alignment) - width;
        expect(padding >= 0 && padding < alignment).toBe(true);
      }),
    );
  });

  it("reads the whole padded picture for a single tile, and one pixel padded for a picture of one", () => {
    expect(planTiles({ width: 30, height: 17, tile: 64, margin: 5, alignment: 4 })).toEqual([
      { kept: { x: 0, y: 0, width: 30, height: 17 }, read: { x: 0, y: 0, width: 32, height: 20 } },
    ]);
    expect(planTiles({ width: 1, height: 1, tile: 9, margin: 48, alignment: 4 })).toEqual([
      { kept: { x: 0, y: 0, width: 1, height: 1 }, read: { x: 0, y: 0, width: 4, height: 4 } },
    ]);
  });

  it("goes down to tiles of one pixel", () => {
    const tiles = planTiles({ width: 3, height: 2, tile: 1, margin: 0, alignment: 1 });
    expect(tiles.map(({ kept }) => [kept.x, kept.y, kept.width, kept.height])).toEqual(
      [0, 1].flatMap((y) => [0, 1, 2].map((x) => [x, y, 1, 1])),
    );
    expect(tiles[4]?.read).toEqual({ x: 1, y: 1, width: 1, height: 1 });
  });

  it("goes in reading order", () => {
    const tiles = planTiles({ width: 9, height: 6, tile: 3, margin: 1, alignment: 1 });
    expect(tiles.map(({ kept }) => [kept.x, kept.y])).toEqual([
      [0, 0],
      [4, 0],
      [5, 0],
      [0, 2],
      [4, 2],
      [5, 2],
    ]);
  });
});
