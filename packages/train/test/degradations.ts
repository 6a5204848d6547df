/** Functions that the tests of degradations share. */
import { expect } from "vitest";
import {
  type Degradation,
  type DegradationPlaces,
  type DrawnDegradation,
  degradationPresets,
  drawDegradation,
  type FloatPicture,
  type FullParameters,
  placeOf,
  type Range,
  toBytes,
} from "../src/index.ts";

export const places = (seed: number, step: number, sample = 0): DegradationPlaces => ({
  parameters: placeOf("parameters", seed, step, sample),
  noise: placeOf("noise", seed, step, sample),
  secondNoise: placeOf("secondNoise", seed, step, sample),
});

export type FullDrawn = Extract<DrawnDegradation, { kind: "full" }>;

export const drawFull = (degradation: Degradation, seed: number, step: number): FullDrawn => {
  const drawn = drawDegradation(degradation, places(seed, step));
  if (drawn.kind !== "full") throw new Error("not a full degradation");
  return drawn;
};

export const { realesrgan, face } = degradationPresets;
export const imagenetTest = degradationPresets["imagenet-test"];

export const within = (value: number, [lowest, highest]: Range): boolean =>
  lowest - 1e-12 <= value && value <= highest + 1e-12;

export const share = <A>(all: readonly A[], holds: (one: A) => boolean): number =>
  all.filter(holds).length / all.length;

/** Four and a half standard deviations of a share of `count` draws. */
const spread = (probability: number, count: number): number =>
  4.5 * Math.sqrt((probability * (1 - probability)) / count) + 1e-9;

export const expectShare = <A>(all: readonly A[], holds: (one: A) => boolean, probability: number): void => {
  expect(Math.abs(share(all, holds) - probability)).toBeLessThanOrEqual(spread(probability, all.length));
};

export const textured = (width: number, height: number): FloatPicture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return ((x * x + 3 * y * (1 + (i % 3)) + ((x * y) % 17)) % 64) / 64;
  }),
});

export const flat = (side: number, value: number): FloatPicture => ({
  width: side,
  height: side,
  data: new Float32Array(3 * side * side).fill(value),
});

/** Only resizing to the result's size. */
export const nothing: FullParameters = {
  grey: false,
  antialias: false,
  first: { blur: null, resize: { factor: 1, filter: "area" }, noise: null, jpeg: null },
  second: null,
  end: { filter: "area", sinc: null, jpeg: null, jpegLast: false },
};

export const bytesOf = (picture: FloatPicture): Uint8Array => toBytes(picture).data;
