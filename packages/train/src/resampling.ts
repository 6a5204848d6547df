import type { Size } from "@tadsr/model";
import type { FloatPicture } from "./float-picture.ts";

/**
 * Resizing with a filter that widens when the picture shrinks (antialiased). It is separable. Pixel centres are at
 * half-integers, so the picture's borders stay in place at every ratio.
 *
 * `bicubic` is Keys' kernel with a = -1/2, as in Matlab's imresize and in Pillow. At the border its weights are cut and
 * normalised again, as in Pillow. `area` weights source pixels by how much of them an output pixel covers.
 */
export type ResizeFilter = "area" | "bilinear" | "bicubic";

export const resizeFilters: readonly ResizeFilter[] = ["area", "bilinear", "bicubic"];

/** The kernel of linear interpolation. */
export const triangle = (x: number): number => Math.max(0, 1 - Math.abs(x));

/** Keys 1981, Eq 15 with a = -1/2. */
const cubic = (x: number): number => {
  const d = Math.abs(x);
  if (d >= 2) return 0;
  return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : ((-0.5 * d + 2.5) * d - 4) * d + 2;
};

/** The weights of one axis: output i is the sum over k < taps of weights[i * taps + k] * input[first[i] + k]. */
export interface AxisWeights {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

/** The share of pixel `j` that an output pixel with this centre and a width of `ratio` covers. */
const overlap = (centre: number, ratio: number, j: number): number =>
  Math.max(0, Math.min(j + 1, centre + ratio / 2) - Math.max(j, centre - ratio / 2));

/** The weights from `from` to `to` pixels. Each output's weights sum to 1. */
export const axisWeights = (from: number, to: number, filter: ResizeFilter): AxisWeights => {
  const ratio = from / to;
  const stretch = Math.max(1, ratio);
  const kernel = filter === "bicubic" ? cubic : triangle;
  const reach = filter === "area" ? ratio / 2 : filter === "bilinear" ? stretch : 2 * stretch;
  const taps = Math.min(from, Math.ceil(2 * reach) + 1);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio;
    const start = Math.max(0, Math.min(from - taps, Math.floor(centre - reach)));
    first[i] = start;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const j = start + k;
      const weight = filter === "area" ? overlap(centre, ratio, j) : kernel((j + 0.5 - centre) / stretch);
      weights[i * taps + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) weights[i * taps + k] = (weights[i * taps + k] as number) / sum;
  }
  return { taps, first, weights };
};

const resizeRows = (data: Float32Array, rowLength: number, to: number, axis: AxisWeights): Float32Array => {
  const result = new Float32Array(rowLength * to);
  for (let i = 0; i < to; i++) {
    const out = result.subarray(i * rowLength, (i + 1) * rowLength);
    for (let k = 0; k < axis.taps; k++) {
      const weight = axis.weights[i * axis.taps + k] as number;
      if (weight === 0) continue;
      const from = ((axis.first[i] as number) + k) * rowLength;
      for (let n = 0; n < rowLength; n++) {
        out[n] = (out[n] as number) + weight * (data[from + n] as number);
      }
    }
  }
  return result;
};

const resizeColumns = (
  data: Float32Array,
  from: number,
  to: number,
  rows: number,
  axis: AxisWeights,
): Float32Array => {
  const result = new Float32Array(3 * to * rows);
  let at = 0;
  for (let y = 0; y < rows; y++) {
    for (let i = 0; i < to; i++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let source = 3 * (y * from + (axis.first[i] as number));
      const end = (i + 1) * axis.taps;
      for (let k = i * axis.taps; k < end; k++) {
        const weight = axis.weights[k] as number;
        red += weight * (data[source] as number);
        green += weight * (data[source + 1] as number);
        blue += weight * (data[source + 2] as number);
        source += 3;
      }
      result[at++] = red;
      result[at++] = green;
      result[at++] = blue;
    }
  }
  return result;
};

/**
 * Resizes to exactly `size`, with the weights that `axis` gives for each axis. The same size returns the picture
 * unchanged.
 */
export const resizeWith = (
  picture: FloatPicture,
  { width, height }: Size,
  axis: (from: number, to: number) => AxisWeights,
): FloatPicture => {
  if (width === picture.width && height === picture.height) return picture;
  const tall = resizeRows(picture.data, 3 * picture.width, height, axis(picture.height, height));
  const columns = axis(picture.width, width);
  return { width, height, data: resizeColumns(tall, picture.width, width, height, columns) };
};

/** Resizes to exactly `size`. The same size returns the picture unchanged. */
export const resize = (picture: FloatPicture, size: Size, filter: ResizeFilter): FloatPicture =>
  resizeWith(picture, size, (from, to) => axisWeights(from, to, filter));

/** The picture shrunk four times, bicubic and antialiased: the usual low-resolution picture of the literature. */
export const bicubicDown = (picture: FloatPicture, scale = 4): FloatPicture =>
  resize(picture, { width: picture.width / scale, height: picture.height / scale }, "bicubic");
