import { bordered } from "../blur.ts";
import type { FloatPicture } from "../float-picture.ts";
import type { Kernel } from "./kernel.ts";

/**
 * What the weights of a kernel's outer rings, which are left out, may sum to, sign aside: less than a tenth of one of
 * 255 levels.
 */
const NEGLIGIBLE = 2 ** -12;

/** The kernel without the outer rings that change nothing to be seen, scaled to the sum that it had. */
const trimmed = ({ side, weights }: Kernel): Kernel => {
  const centre = (side - 1) / 2;
  const rings = new Float64Array(centre + 1);
  for (let i = 0; i < weights.length; i++) {
    const ring = Math.max(Math.abs((i % side) - centre), Math.abs(Math.floor(i / side) - centre));
    rings[ring] = (rings[ring] as number) + Math.abs(weights[i] as number);
  }
  let radius = centre;
  for (let left = 0; radius > 0; radius--) {
    left += rings[radius] as number;
    if (left > NEGLIGIBLE) break;
  }
  if (radius === centre) return { side, weights };
  const size = 2 * radius + 1;
  const kept = Float64Array.from(
    { length: size * size },
    (_, i) =>
      weights[side * (Math.floor(i / size) + centre - radius) + (i % size) + centre - radius] as number,
  );
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const factor = sum(weights) / sum(kept);
  return { side: size, weights: kept.map((weight) => weight * factor) };
};

/** A column and a row whose product the kernel is, as a Gaussian's that is round; null where it is no product. */
const factors = ({ side, weights }: Kernel): { column: Float64Array; row: Float64Array } | null => {
  const centre = (side - 1) / 2;
  const middle = weights[side * centre + centre] as number;
  const row = weights.slice(side * centre, side * (centre + 1));
  const column = Float64Array.from(
    { length: side },
    (_, j) => (weights[side * j + centre] as number) / middle,
  );
  const isProduct = weights.every((weight, i) => {
    const product = (column[Math.floor(i / side)] as number) * (row[i % side] as number);
    return Math.abs(weight - product) <= 1e-12 * middle;
  });
  return isProduct ? { column, row } : null;
};

/**
 * Adds to `sums` the row of `source` that starts at `from`, correlated with the `taps` weights from `at` on, whose
 * steps are `step` numbers. Four taps at a time: so a sum is read and written a quarter as often.
 */
const addTaps = (
  sums: Float64Array,
  source: Float32Array,
  from: number,
  step: number,
  weights: Float64Array,
  at: number,
  taps: number,
): void => {
  const length = sums.length;
  let k = 0;
  for (; k + 4 <= taps; k += 4) {
    const a = weights[at + k] as number;
    const b = weights[at + k + 1] as number;
    const c = weights[at + k + 2] as number;
    const d = weights[at + k + 3] as number;
    let p = from + k * step;
    for (let i = 0; i < length; i++, p++)
      sums[i] =
        (sums[i] as number) +
        a * (source[p] as number) +
        b * (source[p + step] as number) +
        c * (source[p + 2 * step] as number) +
        d * (source[p + 3 * step] as number);
  }
  for (; k < taps; k++) {
    const a = weights[at + k] as number;
    let p = from + k * step;
    for (let i = 0; i < length; i++, p++) sums[i] = (sums[i] as number) + a * (source[p] as number);
  }
};

/**
 * The picture correlated with a kernel: each value becomes the sum of the values around it, those `kernel.side / 2` away
 * at most, times the weights. Beyond its edges the picture is mirrored, the edge pixel repeated.
 *
 * Sums are in float64 and rounded to float32. Outer rings of the kernel that change no 8-bit value are left out, and a
 * kernel that is a column times a row takes two passes.
 */
export const correlate = (picture: FloatPicture, kernel: Kernel): FloatPicture => {
  const { width, height } = picture;
  const { side, weights } = trimmed(kernel);
  const radius = (side - 1) / 2;
  const source = bordered(picture, radius, radius);
  const stride = 3 * (width + 2 * radius);
  const data = new Float32Array(picture.data.length);
  const product = factors({ side, weights });
  if (product === null) {
    const sums = new Float64Array(3 * width);
    for (let y = 0; y < height; y++) {
      sums.fill(0);
      for (let j = 0; j < side; j++) addTaps(sums, source, stride * (y + j), 3, weights, side * j, side);
      data.set(sums, 3 * width * y);
    }
    return { width, height, data };
  }
  const tall = new Float64Array(stride);
  const line = new Float32Array(stride);
  const sums = new Float64Array(3 * width);
  for (let y = 0; y < height; y++) {
    tall.fill(0);
    addTaps(tall, source, stride * y, stride, product.column, 0, side);
    line.set(tall);
    sums.fill(0);
    addTaps(sums, line, 0, 3, product.row, 0, side);
    data.set(sums, 3 * width * y);
  }
  return { width, height, data };
};
