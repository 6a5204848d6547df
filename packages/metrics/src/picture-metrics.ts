/** The measures of pictures as values of `Metric`. */
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Metric } from "./metric.ts";
import { niqe } from "./niqe/niqe.ts";
import { type LumaReading, psnr, psnrY } from "./psnr.ts";
import { ssim, ssimRgb } from "./ssim.ts";

/** The metrics that leave a border out. */
export const BORDERED_METRICS: readonly string[] = ["psnr", "psnr-y", "ssim", "ssim-rgb"];

/**
 * psnr, psnr-y, ssim, ssim-rgb, niqe and niqe-single, in this order. The options for border and luma apply to the
 * metrics that compare; NIQE uses the whole picture.
 */
export const pictureMetrics = (options: LumaReading = {}): readonly Metric[] => {
  const { border = 0, rounded = false } = options;
  const within = border === 0 ? "" : ` ${border} pixels are left out at each edge.`;
  const ofLuma = `luma of BT.601 (16 to 235), ${rounded ? "rounded as MATLAB's" : "not rounded, as basicsr's"}`;
  const window =
    "Gaussian window of 11x11, sigma 1.5, K1 0.01, K2 0.03, population covariances, at all places where the window fits";
  return [
    {
      name: "psnr",
      title: "PSNR",
      unit: "dB",
      better: "higher",
      digits: 2,
      against: "original",
      about: `Peak signal-to-noise ratio of RGB: 10 log10(255^2 / mean squared difference of all values); infinite if the pictures are equal.${within}`,
      measure: (picture, original) => TE.fromEither(psnr(picture, original, options)),
    },
    {
      name: "psnr-y",
      title: "PSNR-Y",
      unit: "dB",
      better: "higher",
      digits: 2,
      against: "original",
      about: `Peak signal-to-noise ratio of ${ofLuma}; infinite if it is equal. Do not compare it with PSNR of RGB.${within}`,
      measure: (picture, original) => TE.fromEither(psnrY(picture, original, options)),
    },
    {
      name: "ssim",
      title: "SSIM",
      unit: "",
      better: "higher",
      digits: 4,
      against: "original",
      about: `Structural similarity of ${ofLuma}: ${window}.${within}`,
      measure: (picture, original) => TE.fromEither(ssim(picture, original, options)),
    },
    {
      name: "ssim-rgb",
      title: "SSIM-RGB",
      unit: "",
      better: "higher",
      digits: 4,
      against: "original",
      about: `Structural similarity, the mean of red, green and blue: ${window}.${within}`,
      measure: (picture, original) => TE.fromEither(ssimRgb(picture, original, options)),
    },
    {
      name: "niqe",
      title: "NIQE",
      unit: "",
      better: "lower",
      digits: 2,
      against: "nothing",
      about:
        "Natural image quality evaluator with the published parameters, in float64 as MATLAB's: how far the picture's statistics are from natural photographs'. Noise lowers it too: never read it alone.",
      measure: (picture) => TE.fromEither(niqe(picture)),
    },
    {
      name: "niqe-single",
      title: "NIQE-single",
      unit: "",
      better: "lower",
      digits: 2,
      against: "nothing",
      about:
        "NIQE in float32, the number of basicsr's calculate_niqe; it differs from NIQE if pictures have flat parts.",
      measure: (picture) => TE.fromEither(niqe(picture, { precision: "single" })),
    },
  ];
};
