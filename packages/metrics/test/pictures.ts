/** Pictures made from a seed, and what becomes of them. */
import { normal, uniform } from "@tadsr/core";
import type { Picture } from "@tadsr/model";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import type { MetricError } from "../src/index.ts";

type Place = readonly [x: number, y: number];

/** A picture whose pixel (x, y) is that of another at `from(x, y)`. */
const moved = (
  width: number,
  height: number,
  { data, width: stride }: Picture,
  from: (...at: Place) => Place,
) => ({
  width,
  height,
  channels: 3 as const,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = from(pixel % width, Math.floor(pixel / width));
    return data[(y * stride + x) * 3 + (i % 3)] as number;
  }),
});

export const mirrored = (picture: Picture): Picture =>
  moved(picture.width, picture.height, picture, (x, y) => [picture.width - 1 - x, y]);

export const transposed = (picture: Picture): Picture =>
  moved(picture.height, picture.width, picture, (x, y) => [y, x]);

export const within = (picture: Picture, border: number): Picture =>
  moved(picture.width - 2 * border, picture.height - 2 * border, picture, (x, y) => [x + border, y + border]);

const clamped = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** Shades that change slowly, with grain: something of both ends of a photograph's spectrum. */
export const scene = (width: number, height: number, seed: number): Picture => {
  const grain = normal({ seed, stream: 0 }, 0, width * height * 3);
  const data = Uint8Array.from(grain, (value, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const shade = 60 * Math.sin((x + seed) / 7) + 40 * Math.cos(y / (5 + (i % 3)));
    return clamped(128 + shade + 8 * value);
  });
  return { width, height, channels: 3, data };
};

/** Uniform noise. */
export const snow = (width: number, height: number, seed: number): Picture => {
  const data = Uint8Array.from(uniform({ seed, stream: 1 }, 0, width * height * 3), (value) =>
    Math.floor(value * 256),
  );
  return { width, height, channels: 3, data };
};

export const noisy = (picture: Picture, deviation: number, seed: number): Picture => {
  const noise = normal({ seed, stream: 2 }, 0, picture.data.length);
  return {
    ...picture,
    data: picture.data.map((value, i) => clamped(value + deviation * (noise[i] as number))),
  };
};

/** The same value everywhere. */
export const flat = (width: number, height: number, value: number): Picture => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(value),
});

const side = fc.integer({ min: 11, max: 20 });
const seed = fc.integer({ min: 0, max: 1000 });

/** Two pictures of one size, at least 11x11: one from the other, or of nothing in common. */
export const pairs: fc.Arbitrary<readonly [Picture, Picture]> = fc
  .tuple(side, side, seed, seed, fc.constantFrom(0, 3, 40, null))
  .map(([width, height, first, second, deviation]) => {
    const original = scene(width, height, first);
    return [deviation === null ? snow(width, height, second) : noisy(original, deviation, second), original];
  });

export const right = (result: E.Either<MetricError, number>): number => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

export const left = (result: E.Either<MetricError, number>): MetricError => {
  if (E.isRight(result)) throw new Error(`found ${result.right}, expected an error`);
  return result.left;
};
