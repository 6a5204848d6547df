import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { niqe, pictureMetrics, psnr, psnrY, ssim, ssimRgb } from "../src/index.ts";
import { noisy, scene } from "./pictures.ts";

it("measures as the functions do, and describes each measure", async () => {
  const original = scene(2 * 96, 96, 1);
  const picture = noisy(original, 5, 2);
  for (const options of [{}, { border: 4 }, { border: 3, rounded: true }]) {
    const expected = {
      psnr: psnr(picture, original, options),
      "psnr-y": psnrY(picture, original, options),
      ssim: ssim(picture, original, options),
      "ssim-rgb": ssimRgb(picture, original, options),
      niqe: niqe(picture),
      "niqe-single": niqe(picture, { precision: "single" }),
    };
    const metrics = pictureMetrics(options);
    expect(metrics.map(({ name }) => name)).toEqual(Object.keys(expected));
    for (const [i, { measure, against, about }] of metrics.entries()) {
      const found = await measure(picture, original)();
      expect(found).toEqual(Object.values(expected)[i]);
      expect(E.isRight(found)).toBe(true);
      expect(about.includes("left out at each edge")).toBe(against === "original" && "border" in options);
    }
  }
});

it("passes on the errors of the functions", async () => {
  const [picture, original] = [scene(10, 10, 1), scene(10, 12, 1)];
  const tags = await Promise.all(
    pictureMetrics().map(async ({ measure }) => {
      const found = await measure(picture, original)();
      return E.isLeft(found) ? found.left._tag : null;
    }),
  );
  expect(tags).toEqual([...Array(4).fill("DifferentSizes"), "TooSmall", "TooSmall"]);
});
