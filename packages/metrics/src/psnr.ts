/** Peak signal-to-noise ratio. */
import { COLOURS, type Picture, type Rectangle } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import { type Border, comparedPart } from "./comparable.ts";
import type { MetricError } from "./errors.ts";
import { luma, PEAK, planeOf, roundedLuma } from "./plane.ts";

export interface LumaReading extends Border {
  /**
   * Whether luma is rounded to whole numbers first; false if left out. basicsr does not round (`to_y_channel`), nor
   * does pyiqa's PSNR, which TAD-SR's authors use. MATLAB's `rgb2ycbcr` rounds 8-bit pictures, and so do ResShift's
   * `utils/util_image.py`, KAIR's `utils_image.py` and pyiqa's SSIM.
   */
  readonly rounded?: boolean;
}

const decibels = (squares: number, count: number): number => 10 * Math.log10((PEAK * PEAK * count) / squares);

const squaresOfBytes = (a: Picture, b: Picture, part: Rectangle): number => {
  let sum = 0;
  for (let y = part.y; y < part.y + part.height; y++) {
    const start = (y * a.width + part.x) * COLOURS;
    for (let at = start; at < start + part.width * COLOURS; at++) {
      const difference = (a.data[at] as number) - (b.data[at] as number);
      sum += difference * difference;
    }
  }
  return sum;
};

/**
 * 10 log10(255^2 / MSE) in dB, where MSE is the mean squared difference of all values of red, green and blue together.
 * Infinity if the pictures are equal inside the border. Symmetric.
 *
 * Errors: `DifferentSizes`; `NotAllowed` if the border leaves nothing.
 */
export const psnr = (
  picture: Picture,
  original: Picture,
  { border = 0 }: Border = {},
): E.Either<MetricError, number> =>
  pipe(
    comparedPart(picture, original, border, 1),
    E.map((part) => decibels(squaresOfBytes(picture, original, part), part.width * part.height * COLOURS)),
  );

/**
 * The same for luma (`luma`: BT.601, studio swing). The peak is still 255, as is usual. Infinity if luma is equal, even
 * if colours differ. Do not compare it with `psnr`. For the same pictures it is 1.3 dB higher if all colours differ
 * alike, because the range of luma is narrower, and about 5 dB higher if each colour has its own noise.
 *
 * Errors: as `psnr`.
 */
export const psnrY = (
  picture: Picture,
  original: Picture,
  { border = 0, rounded = false }: LumaReading = {},
): E.Either<MetricError, number> =>
  pipe(
    comparedPart(picture, original, border, 1),
    E.map((part) => {
      const read = rounded ? roundedLuma : luma;
      const [a, b] = [planeOf(picture, part, read).data, planeOf(original, part, read).data];
      let sum = 0;
      for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
      return decibels(sum, a.length);
    }),
  );
