import * as O from "fp-ts/lib/Option.js";
import { bordered } from "../blur.ts";
import type { FloatPicture } from "../float-picture.ts";
import type { Kernel } from "./kernel.ts";
import { plainSums, type WeightedSums } from "./weighted-sums.ts";
import { type VectorSums, vectorSums } from "./weighted-sums-vectors.ts";

/**
 * The outer rings of a kernel are left out if the absolute values of their weights sum to at most this: less than a
 * tenth of one of 255 levels.
 */
const NEGLIGIBLE = 2 ** -12;

/** The kernel without its negligible outer rings, scaled to the sum that it had. */
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

/** A column and a row whose product is the kernel, as for a round Gaussian; null if there are none. */
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

let found: VectorSums | null = null;

/** By vectors if the platform has them. The bits are the same. */
const quickSums = (sums: WeightedSums): Float32Array => {
  found ??= O.getOrElse((): VectorSums => () => O.none)(vectorSums());
  return O.getOrElse(() => plainSums(sums))(found(sums));
};

/**
 * The picture correlated with a kernel: each value becomes the sum of the values around it, up to `kernel.side / 2`
 * pixels away, times the weights. Beyond its edges the picture is mirrored, with the edge pixel repeated.
 *
 * Weights and sums are in float32. Outer rings of the kernel that change no 8-bit value are left out. A kernel that is
 * a column times a row takes two passes.
 */
export const correlate = (picture: FloatPicture, kernel: Kernel): FloatPicture => {
  const { width, height } = picture;
  const { side, weights } = trimmed(kernel);
  const radius = (side - 1) / 2;
  const stride = 3 * (width + 2 * radius);
  const source = bordered(picture, radius, radius);
  const product = factors({ side, weights });
  const across = { stride, taps: side, width: 3 * width, height };
  if (product === null)
    return {
      width,
      height,
      data: quickSums({ ...across, source, rows: side, weights: Float32Array.from(weights) }),
    };
  const column = Float32Array.from(product.column);
  const tall = quickSums({ source, stride, weights: column, rows: side, taps: 1, width: stride, height });
  const row = Float32Array.from(product.row);
  return { width, height, data: quickSums({ ...across, source: tall, rows: 1, weights: row }) };
};
