import type { Picture } from "@tadsr/model";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bleedColour, upscaleAlpha } from "../src/index.ts";

describe("the alpha of a larger picture", () => {
  const planes = fc
    .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
    .chain(({ width, height }) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        alpha: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
      }),
    );
  const factors = fc.integer({ min: 1, max: 4 });

  it("follows a smooth plane between its pixels, whose centres are half a pixel from their corners", () => {
    const [width, height] = [40, 30];
    const smooth = (x: number, y: number): number => 128 + 100 * Math.sin(x / 4) * Math.cos(y / 5);
    const sampled = (factor: number): Uint8Array =>
      Uint8Array.from({ length: width * height * factor * factor }, (_, i) => {
        const [x, y] = [i % (width * factor), Math.floor(i / (width * factor))];
        return Math.round(smooth((x + 0.5) / factor, (y + 0.5) / factor));
      });
    for (const factor of [2, 3, 4]) {
      const upscaled = upscaleAlpha(sampled(1), { width, height }, factor);
      const wide = width * factor;
      const inside = (place: number, side: number): boolean =>
        place >= 3 * factor && place < side - 3 * factor;
      const errors = [...sampled(factor)].flatMap((value, i) =>
        inside(i % wide, wide) && inside(Math.floor(i / wide), height * factor)
          ? [Math.abs(value - (upscaled[i] as number))]
          : [],
      );
      expect(Math.max(...errors)).toBeLessThanOrEqual(2);
    }
  });

  it("is the same for a factor of 1, and flat where it was flat", () => {
    fc.assert(
      fc.property(planes, (plane) => {
        expect(upscaleAlpha(plane.alpha, plane, 1)).toEqual(plane.alpha);
      }),
    );
    expect(upscaleAlpha(new Uint8Array(6).fill(77), { width: 3, height: 2 }, 4)).toEqual(
      new Uint8Array(96).fill(77),
    );
  });

  it("is turned when the plane is turned, except that a half is rounded up", () => {
    fc.assert(
      fc.property(planes, factors, ({ width, height, alpha }, factor) => {
        const turned = upscaleAlpha(alpha.slice().reverse(), { width, height }, factor).reverse();
        const upright = upscaleAlpha(alpha, { width, height }, factor);
        expect(Math.max(...turned.map((value, i) => Math.abs(value - (upright[i] as number))))).toBeLessThan(
          2,
        );
      }),
    );
  });
});

describe("colour under transparency", () => {
  it("comes from the visible neighbours, round by round; alpha and visible colours stay", () => {
    const picture: Picture = {
      width: 4,
      height: 1,
      channels: 3,
      data: Uint8Array.from([200, 100, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      alpha: Uint8Array.from([9, 0, 0, 0]),
    };
    const bled = bleedColour(picture);
    expect([...picture.data]).toEqual([200, 100, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([...bled.data]).toEqual([200, 100, 50, 200, 100, 50, 200, 100, 50, 200, 100, 50]);
    expect([...(bled.alpha ?? [])]).toEqual([9, 0, 0, 0]);
  });

  it("is the mean where visible colours meet, above and below too, and does not wrap around rows", () => {
    const picture: Picture = {
      width: 2,
      height: 3,
      channels: 3,
      data: Uint8Array.from([0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0]),
      alpha: Uint8Array.from([0, 255, 0, 0, 0, 255]),
    };
    const { data } = bleedColour(picture);
    // Right column: 100, their mean, 200. Left column: its right neighbour's, each in its own round.
    const reds = [0, 1, 2, 3, 4, 5].map((i) => data[3 * i]);
    expect(reds).toEqual([100, 100, 150, 150, 200, 200]);
  });

  it("does not reach without end, and leaves a picture with nothing visible alone", () => {
    const wide: Picture = {
      width: 20,
      height: 1,
      channels: 3,
      data: new Uint8Array(60).fill(0).fill(90, 0, 3),
      alpha: new Uint8Array(20).fill(255, 0, 1),
    };
    const { data } = bleedColour(wide);
    expect(Array.from({ length: 20 }, (_, i) => data[3 * i])).toEqual([
      ...Array(9).fill(90),
      ...Array(11).fill(0),
    ]);
    const empty: Picture = {
      width: 1,
      height: 1,
      channels: 3,
      data: Uint8Array.of(1, 2, 3),
      alpha: Uint8Array.of(0),
    };
    expect([...bleedColour(empty).data]).toEqual([1, 2, 3]);
  });
});
