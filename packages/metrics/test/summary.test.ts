import { decodeValue, encodeValue, type PictureResult, summarise, type Value } from "@tadsr/metrics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryPicture } from "./arbitrary-report.ts";

const picture = (
  seed: number | null,
  values: Readonly<Record<string, Value>>,
  name = "a",
): PictureResult => ({ name, seed, width: 8, height: 8, seconds: null, values });
const psnr = (seed: number | null, value: Value): PictureResult => picture(seed, { psnr: value });
const metrics = [{ name: "psnr" }];

test("takes the mean of each seed first, then over seeds, and the deviation between seeds with n - 1", () => {
  // Seed 0 has the mean 20, seed 1 has 26 and seed 2 has 29: mean 25, squares 25 + 1 + 16 = 42, over 2.
  const pictures = [psnr(0, 10), psnr(0, 30), psnr(1, 26), psnr(2, 28), psnr(2, 29), psnr(2, 30)];
  const { mean, deviation } = summarise(pictures, metrics).psnr ?? { mean: 0, deviation: 0 };
  expect(mean).toBe(25);
  expect(deviation).toBeCloseTo(Math.sqrt(21), 12);
});

test("has no deviation for one seed, or for pictures without one", () => {
  expect(summarise([psnr(3, 10), psnr(3, 30)], metrics)).toEqual({ psnr: { mean: 20, deviation: null } });
  expect(summarise([psnr(null, 10), psnr(null, 30)], metrics)).toEqual({
    psnr: { mean: 20, deviation: null },
  });
});

test("an infinite value makes the mean infinite and the deviation unknown", () => {
  const pictures = [psnr(0, 10), psnr(0, "Infinity"), psnr(1, 26)];
  expect(summarise(pictures, metrics)).toEqual({ psnr: { mean: "Infinity", deviation: null } });
});

test("leaves out what no picture has, and takes the mean over the pictures that have it", () => {
  const pictures = [psnr(0, 10), picture(0, { niqe: 4 })];
  expect(summarise(pictures, [{ name: "niqe" }, { name: "ssim" }, { name: "toString" }])).toEqual({
    niqe: { mean: 4, deviation: null },
  });
  expect(summarise([], metrics)).toEqual({});
});

test("the order of pictures does not matter, and a shift of all values shifts the mean alone", () => {
  const finite = arbitraryPicture.map((each) => ({ ...each, values: { psnr: each.width / 7 } }));
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1, maxLength: 12 }), fc.integer(), (pictures, shift) => {
      const { mean, deviation } = summarise(pictures, metrics).psnr ?? { mean: 0, deviation: 0 };
      const reversed = summarise([...pictures].reverse(), metrics).psnr;
      expect(reversed?.mean).toBeCloseTo(decodeValue(mean), 8);
      const distance = shift % 1000;
      const shifted = summarise(
        pictures.map((each) => psnr(each.seed, each.values.psnr + distance)),
        metrics,
      ).psnr;
      expect(shifted?.mean).toBeCloseTo(decodeValue(mean) + distance, 8);
      const seeds = new Set(pictures.map(({ seed }) => seed)).size;
      for (const other of [reversed?.deviation, shifted?.deviation]) {
        if (deviation === null) expect([other, seeds]).toEqual([null, 1]);
        else expect(other).toBeCloseTo(deviation, 8);
      }
    }),
  );
});

test("values pass through JSON, and NaN is a defect", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const read: Value = JSON.parse(JSON.stringify(encodeValue(value)));
      expect(decodeValue(read)).toBe(value + 0);
    }),
  );
  expect(() => encodeValue(Number.NaN)).toThrow("NaN");
});
