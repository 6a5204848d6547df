/** Resizing as image libraries do it by default: filters do not widen when the picture shrinks. */
import type { Size } from "@tadsr/model";
import type { FloatPicture } from "../float-picture.ts";
import { type AxisWeights, axisWeights, type ResizeFilter, resizeWith, triangle } from "../resampling.ts";

/** Keys 1981, with a = -3/4 as in OpenCV and PyTorch. */
const cubic = (x: number): number => {
  const d = Math.abs(x);
  if (d >= 2) return 0;
  return d < 1 ? (1.25 * d - 2.25) * d * d + 1 : ((-0.75 * d + 3.75) * d - 6) * d + 3;
};

/** Pixel centres are at half-integers. Places beyond the edge have the edge pixel's value. */
const interpolationWeights = (
  from: number,
  to: number,
  filter: Exclude<ResizeFilter, "area">,
): AxisWeights => {
  const reach = filter === "bicubic" ? 2 : 1;
  const kernel = filter === "bicubic" ? cubic : triangle;
  const taps = Math.min(from, 2 * reach);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = ((i + 0.5) * from) / to - 0.5;
    const start = Math.floor(centre) - reach + 1;
    const kept = Math.max(0, Math.min(from - taps, start));
    first[i] = kept;
    for (let j = start; j < start + 2 * reach; j++) {
      const at = i * taps + Math.max(0, Math.min(from - 1, j)) - kept;
      weights[at] = (weights[at] as number) + kernel(j - centre);
    }
  }
  return { taps, first, weights };
};

/** Resizes to exactly `size`. Bilinear and bicubic use only the nearest pixels; area uses the share of each pixel. */
export const interpolate = (picture: FloatPicture, size: Size, filter: ResizeFilter): FloatPicture => {
  const weights = (from: number, to: number): AxisWeights =>
    filter === "area" ? axisWeights(from, to, filter) : interpolationWeights(from, to, filter);
  return resizeWith(picture, size, weights);
};
