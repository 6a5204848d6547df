import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bicubicDown,
  degradationPresets,
  degradeLightly,
  degradePicture,
  type FloatPicture,
  fromBytes,
  type LightParameters,
  lightDegradation,
  lightParameters,
  onlyBicubic,
  placeOf,
  type Range,
  toBytes,
} from "../src/index.ts";

const textured = (width: number, height: number): FloatPicture => ({
  width,
  height,
  data: Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return ((x * x + 3 * y * (1 + (i % 3)) + ((x * y) % 17)) % 64) / 64;
  }),
});

const flat = (side: number): FloatPicture => ({
  width: side,
  height: side,
  data: new Float32Array(3 * side * side).fill(0.5),
});

const draw = (seed: number, step: number, sample = 0): LightParameters =>
  lightParameters(
    {
      parameters: placeOf("parameters", seed, step, sample),
      noise: placeOf("noise", seed, step, sample),
    },
    lightDegradation,
  );

const many = Array.from({ length: 3000 }, (_, step) => draw(1, step));

const inside = (value: number, [lowest, highest]: Range): boolean => lowest <= value && value <= highest;

describe("parameters of a degradation", () => {
  it("lie within the ranges", () => {
    const ranges = lightDegradation;
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(1000), (seed, step, sample) => {
        const { blur, intermediate, noise, firstJpeg, secondJpeg } = draw(seed, step, sample);
        if (blur !== null) {
          expect(inside(blur.sigmaAlong, ranges.blur.sigma)).toBe(true);
          const flattening = blur.sigmaAcross / blur.sigmaAlong;
          expect(inside(flattening, [ranges.blur.flattening[0] - 1e-12, 1])).toBe(true);
          expect(inside(blur.angle, [0, Math.PI])).toBe(true);
        }
        if (intermediate !== null) expect(inside(intermediate.scale, ranges.intermediateScale)).toBe(true);
        if (noise !== null) expect(inside(noise.sigma, ranges.noise.sigma)).toBe(true);
        for (const [quality, range] of [
          [firstJpeg, ranges.firstJpeg.quality],
          [secondJpeg, ranges.secondJpeg.quality],
        ] as const)
          if (quality !== null) expect(Number.isInteger(quality) && inside(quality, range)).toBe(true);
      }),
    );
  });

  it("happen as often as their probabilities say", () => {
    const { onlyBicubic: plain, blur, noise, firstJpeg, secondJpeg } = lightDegradation;
    const share = (happened: (one: LightParameters) => boolean): number =>
      many.filter(happened).length / many.length;
    const any = 1 - plain;
    // Four standard deviations of a share of 3000 draws are at most 0.037.
    expect(Math.abs(share((one) => one.intermediate !== null) - any)).toBeLessThan(0.037);
    expect(Math.abs(share((one) => one.blur !== null) - any * blur.probability)).toBeLessThan(0.037);
    expect(Math.abs(share((one) => one.noise !== null) - any * noise.probability)).toBeLessThan(0.037);
    expect(Math.abs(share((one) => one.firstJpeg !== null) - any * firstJpeg.probability)).toBeLessThan(
      0.037,
    );
    expect(Math.abs(share((one) => one.secondJpeg !== null) - any * secondJpeg.probability)).toBeLessThan(
      0.037,
    );
    for (const filter of ["area", "bilinear", "bicubic"])
      expect(Math.abs(share((one) => one.intermediate?.filter === filter) - any / 3)).toBeLessThan(0.037);
    const round = many.filter(({ blur: one }) => one !== null && one.sigmaAcross === one.sigmaAlong).length;
    const blurred = many.filter((one) => one.blur !== null).length;
    expect(Math.abs(round / blurred - blur.isotropic)).toBeLessThan(0.045);
  });

  it("reach both ends of the JPEG qualities", () => {
    const qualities = many.flatMap(({ firstJpeg }) => (firstJpeg === null ? [] : [firstJpeg]));
    expect(Math.min(...qualities)).toBe(50);
    expect(Math.max(...qualities)).toBe(95);
  });

  it("keep their draws when another range changes", () => {
    const quiet = {
      ...lightDegradation,
      noise: { ...lightDegradation.noise, probability: 0 },
    };
    for (let step = 0; step < 50; step++) {
      const places = { parameters: placeOf("parameters", 3, step), noise: placeOf("noise", 3, step) };
      expect(lightParameters(places, quiet)).toEqual({
        ...lightParameters(places, lightDegradation),
        noise: null,
      });
    }
  });
});

describe("degrade", () => {
  const noiseOnly = (sigma: number, grey: boolean): LightParameters => ({
    ...onlyBicubic,
    noise: { sigma, grey, place: placeOf("noise", 5, 0) },
  });

  it.each([4 / 255, 12 / 255])("adds noise of the level asked for: %d", async (sigma) => {
    const size = { width: 80, height: 80 };
    for (const grey of [false, true]) {
      const { data } = await degradeLightly(flat(80), noiseOnly(sigma, grey), size);
      const centred = data.map((value) => value - 0.5);
      const squares = centred.reduce((sum, value) => sum + value * value, 0) / data.length;
      // Rounding to 1/255 adds a variance of a twelfth of a squared step. 6400 draws give sigma to 0.9 %.
      const expected = Math.sqrt(sigma ** 2 + 1 / (12 * 255 ** 2));
      expect(Math.abs(Math.sqrt(squares) / expected - 1)).toBeLessThan(0.035);
      const equalColours = Array.from({ length: 6400 }, (_, i) => data[3 * i] === data[3 * i + 1]).filter(
        Boolean,
      );
      if (grey) expect(equalColours.length).toBe(6400);
      else expect(equalColours.length).toBeLessThan(1500);
    }
  });

  it("is bicubic shrinking if nothing is asked for rounded to bytes", async () => {
    const picture = textured(64, 48);
    const result = await degradeLightly(picture, onlyBicubic, { width: 16, height: 12 });
    expect(result).toEqual(fromBytes(toBytes(bicubicDown(picture))));
  });

  it("gives 8-bit values of exactly the size asked for", async () => {
    const picture = textured(60, 44);
    for (const parameters of many.slice(0, 30)) {
      const { width, height, data } = await degradeLightly(picture, parameters, { width: 15, height: 11 });
      expect([width, height, data.length]).toEqual([15, 11, 15 * 11 * 3]);
      for (const value of data) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(Math.abs(255 * value - Math.round(255 * value))).toBeLessThan(1e-4);
      }
    }
  });

  it("applies each part: leaving one out changes the result", async () => {
    const picture = textured(64, 64);
    const size = { width: 16, height: 16 };
    const all: LightParameters = {
      blur: { sigmaAlong: 2, sigmaAcross: 1, angle: 1 },
      intermediate: { scale: 0.6, filter: "bilinear" },
      noise: { sigma: 0.03, grey: false, place: placeOf("noise", 2, 2) },
      firstJpeg: 60,
      finalFilter: "area",
      secondJpeg: 70,
    };
    const whole = toBytes(await degradeLightly(picture, all, size)).data;
    for (const part of ["blur", "intermediate", "noise", "firstJpeg", "secondJpeg"] as const) {
      const less = toBytes(await degradeLightly(picture, { ...all, [part]: null }, size)).data;
      expect(less, part).not.toEqual(whole);
    }
    expect(toBytes(await degradeLightly(picture, { ...all, finalFilter: "bicubic" }, size)).data).not.toEqual(
      whole,
    );
  });

  it("gives the same bytes in any order, whatever else runs", async () => {
    const picture = textured(48, 40);
    const keys = Array.from({ length: 12 }, (_, key) => key);
    const together = await Promise.all(
      keys.map((key) => degradePicture(picture, { seed: 9, key }, lightDegradation)),
    );
    for (const key of [...keys].reverse())
      expect(await degradePicture(picture, { seed: 9, key }, lightDegradation)).toEqual(together[key]);
    const other = await degradePicture(picture, { seed: 10, key: 1 }, lightDegradation);
    expect(other.lr.data).not.toEqual(together[1]?.lr.data);
  });

  it("gives the same result for a seed on every platform and version (without JPEG, which is sharp's)", async () => {
    const parameters: LightParameters = {
      blur: { sigmaAlong: 1.5, sigmaAcross: 0.7, angle: 0.6 },
      intermediate: { scale: 0.55, filter: "bicubic" },
      noise: { sigma: 0.03, grey: false, place: placeOf("noise", 11, 4, 3) },
      firstJpeg: null,
      finalFilter: "area",
      secondJpeg: null,
    };
    const { data } = toBytes(await degradeLightly(textured(64, 64), parameters, { width: 16, height: 16 }));
    expect(createHash("sha256").update(data).digest("hex").slice(0, 16)).toBe("5a6c45158ecc1772");
  });
});

describe("whole pictures", () => {
  it("are cut to multiples of four and shrunk by four", async () => {
    for (const { hr, lr } of [
      await degradePicture(textured(39, 26), { seed: 0, key: 0 }, lightDegradation),
      await degradePicture(textured(39, 26), { seed: 0, key: 0 }, degradationPresets.bicubic),
    ]) {
      expect([hr.width, hr.height, lr.width, lr.height]).toEqual([36, 24, 9, 6]);
      expect(hr.data.slice(3 * 36, 3 * 37)).toEqual(textured(39, 26).data.slice(3 * 39, 3 * 40));
    }
  });

  it("can be as small as four pixels a side", async () => {
    for (let key = 0; key < 12; key++) {
      const { lr } = await degradePicture(textured(4, 7), { seed: 0, key }, lightDegradation);
      expect([lr.width, lr.height]).toEqual([1, 1]);
    }
  });
});
