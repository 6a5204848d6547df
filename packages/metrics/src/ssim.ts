/** Structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004). */
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import { type Border, comparedPart } from "./comparable.ts";
import type { MetricError } from "./errors.ts";
import { gaussianTaps } from "./gaussian.ts";
import { blue, green, luma, PEAK, type Plane, planeOf, type Reading, red, roundedLuma } from "./plane.ts";
import type { LumaReading } from "./psnr.ts";

export const SSIM_WINDOW = 11;

const TAPS = gaussianTaps(SSIM_WINDOW, 1.5);
const C_1 = (0.01 * PEAK) ** 2;
const C_2 = (0.03 * PEAK) ** 2;

/** Sums along a row, for each place where the window fits: of a, of b, of a^2 + b^2, and of a b. */
const SUMS = 4;

const alongRow = (a: Plane, b: Plane, y: number, to: Float64Array): void => {
  const start = y * a.width;
  const places = a.width - SSIM_WINDOW + 1;
  for (let x = 0; x < places; x++) {
    let [sumA, sumB, squares, product] = [0, 0, 0, 0];
    for (let k = 0; k < SSIM_WINDOW; k++) {
      const [valueA, valueB] = [a.data[start + x + k] as number, b.data[start + x + k] as number];
      const tap = TAPS[k] as number;
      sumA += tap * valueA;
      sumB += tap * valueB;
      squares += tap * (valueA * valueA + valueB * valueB);
      product += tap * (valueA * valueB);
    }
    to[x] = sumA;
    to[places + x] = sumB;
    to[2 * places + x] = squares;
    to[3 * places + x] = product;
  }
};

/** Sums down the last rows: joins their `sums`, oldest first in the order of `rows`. */
const down = (rows: readonly Float64Array[], to: Float64Array): void => {
  to.fill(0);
  for (const [k, row] of rows.entries()) {
    const tap = TAPS[k] as number;
    for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + tap * (row[i] as number);
  }
};

/** The sum of the index over a row of places. For equal pictures each term is exactly 1. */
const indices = (sums: Float64Array): number => {
  const places = sums.length / SUMS;
  let total = 0;
  for (let x = 0; x < places; x++) {
    const [meanA, meanB] = [sums[x] as number, sums[places + x] as number];
    const [squares, product] = [sums[2 * places + x] as number, sums[3 * places + x] as number];
    const [squareOfMeans, productOfMeans] = [meanA * meanA + meanB * meanB, meanA * meanB];
    total +=
      ((2 * productOfMeans + C_1) * (2 * (product - productOfMeans) + C_2)) /
      ((squareOfMeans + C_1) * (squares - squareOfMeans + C_2));
  }
  return total;
};

/** The mean over all places where the whole window fits. It works row by row, to need little memory. */
const ssimOfPlanes = (a: Plane, b: Plane): number => {
  const places = a.width - SSIM_WINDOW + 1;
  const sums = new Float64Array(SUMS * places);
  let rows = Array.from({ length: SSIM_WINDOW }, () => new Float64Array(SUMS * places));
  let total = 0;
  for (let y = 0; y < a.height; y++) {
    const [oldest, ...others] = rows as [Float64Array<ArrayBuffer>, ...Float64Array<ArrayBuffer>[]];
    alongRow(a, b, y, oldest);
    rows = [...others, oldest];
    if (y < SSIM_WINDOW - 1) continue;
    down(rows, sums);
    total += indices(sums);
  }
  return total / (places * (a.height - SSIM_WINDOW + 1));
};

const ssimOf =
  (readings: readonly Reading[]) =>
  (picture: Picture, original: Picture, border: number): E.Either<MetricError, number> =>
    pipe(
      comparedPart(picture, original, border, SSIM_WINDOW),
      E.map((part) => {
        const each = readings.map((read) =>
          ssimOfPlanes(planeOf(picture, part, read), planeOf(original, part, read)),
        );
        return each.reduce((sum, value) => sum + value, 0) / each.length;
      }),
    );

/**
 * SSIM of luma (`luma`: BT.601, studio swing): a Gaussian window of 11x11 with sigma 1.5, K1 = 0.01, K2 = 0.03,
 * L = 255, population covariances (weights that sum to 1), and the mean over all places where the whole window fits. -1
 * to 1; 1 if the pictures are equal. Symmetric.
 *
 * The authors' MATLAB code computes the same, except that it halves large pictures. basicsr's `calculate_ssim` does so
 * with `test_y_channel`, and scikit-image with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
 * data_range=255`. scikit-image's default, a uniform window of 7x7, is another measure.
 *
 * Errors: `DifferentSizes`; `NotAllowed` if the border leaves nothing; `TooSmall` if it leaves less than 11x11.
 */
export const ssim = (
  picture: Picture,
  original: Picture,
  { border = 0, rounded = false }: LumaReading = {},
): E.Either<MetricError, number> => ssimOf([rounded ? roundedLuma : luma])(picture, original, border);

/** The mean of SSIM of red, of green and of blue, as in basicsr's `calculate_ssim` without `test_y_channel`. */
export const ssimRgb = (
  picture: Picture,
  original: Picture,
  { border = 0 }: Border = {},
): E.Either<MetricError, number> => ssimOf([red, green, blue])(picture, original, border);
