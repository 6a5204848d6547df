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
 * A row of the result: `width` pixels into `data` at `to`, each the sum over `rows` rows and `taps` pixels of `source`
 * from `from` on, times `weights`. Four neighbours of one colour at a time and four taps at a time: so what is read serves
 * four sums, which stay in registers. Reads go up to three pixels beyond the row's end.
 */
const correlateRow = (
  data: Float32Array,
  to: number,
  source: Float32Array,
  from: number,
  stride: number,
  weights: Float64Array,
  rows: number,
  taps: number,
  width: number,
): void => {
  for (let at = 0; at < 3 * width; at += at % 3 === 2 ? 10 : 1) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let w = 0;
    for (let row = 0; row < rows; row++) {
      let p = from + stride * row + at;
      let s_0 = source[p] as number;
      let s_1 = source[p + 3] as number;
      let s_2 = source[p + 6] as number;
      p += 9;
      let k = 0;
      for (; k + 4 <= taps; k += 4, p += 12, w += 4) {
        const w_0 = weights[w] as number;
        const w_1 = weights[w + 1] as number;
        const w_2 = weights[w + 2] as number;
        const w_3 = weights[w + 3] as number;
        const s_3 = source[p] as number;
        const s_4 = source[p + 3] as number;
        const s_5 = source[p + 6] as number;
        const s_6 = source[p + 9] as number;
        a += w_0 * s_0 + w_1 * s_1 + w_2 * s_2 + w_3 * s_3;
        b += w_0 * s_1 + w_1 * s_2 + w_2 * s_3 + w_3 * s_4;
        c += w_0 * s_2 + w_1 * s_3 + w_2 * s_4 + w_3 * s_5;
        d += w_0 * s_3 + w_1 * s_4 + w_2 * s_5 + w_3 * s_6;
        s_0 = s_4;
        s_1 = s_5;
        s_2 = s_6;
      }
      for (; k < taps; k++, p += 3, w++) {
        const weight = weights[w] as number;
        const s_3 = source[p] as number;
        a += weight * s_0;
        b += weight * s_1;
        c += weight * s_2;
        d += weight * s_3;
        s_0 = s_1;
        s_1 = s_2;
        s_2 = s_3;
      }
    }
    const left = 3 * width - at;
    const place = to + at;
    data[place] = a;
    if (left > 3) data[place + 3] = b;
    if (left > 6) data[place + 6] = c;
    if (left > 9) data[place + 9] = d;
  }
};

/** Numbers that `correlateRow` may read beyond the last row. */
const SPARE = 12;

/** `height` rows of `stride` numbers, each the sum of the `column.length` rows from its own on, times `column`. */
const correlateColumns = (
  source: Float32Array,
  stride: number,
  height: number,
  column: Float64Array,
): Float32Array => {
  const result = new Float32Array(stride * height + SPARE);
  const sums = new Float64Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < column.length; k++) {
      const weight = column[k] as number;
      const from = stride * (y + k);
      for (let i = 0; i < stride; i++) sums[i] = (sums[i] as number) + weight * (source[from + i] as number);
    }
    result.set(sums, stride * y);
  }
  return result;
};

/**
 * The picture correlated with a kernel: each value becomes the sum of the values around it, `kernel.side / 2` pixels away
 * at most, times the weights. Beyond its edges the picture is mirrored, the edge pixel repeated.
 *
 * Sums are in float64 and rounded to float32. Outer rings of the kernel that change no 8-bit value are left out, and a
 * kernel that is a column times a row takes two passes.
 */
export const correlate = (picture: FloatPicture, kernel: Kernel): FloatPicture => {
  const { width, height } = picture;
  const { side, weights } = trimmed(kernel);
  const radius = (side - 1) / 2;
  const stride = 3 * (width + 2 * radius);
  const source = bordered(picture, radius, radius, SPARE);
  const data = new Float32Array(picture.data.length);
  const product = factors({ side, weights });
  const [from, rows, taps] =
    product === null
      ? [source, side, weights]
      : [correlateColumns(source, stride, height, product.column), 1, product.row];
  for (let y = 0; y < height; y++)
    correlateRow(data, 3 * width * y, from, stride * y, stride, taps, rows, side, width);
  return { width, height, data };
};
