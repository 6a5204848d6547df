/** Functions with which planted mistakes reshape and reorder images. */
import { elements, type ReferenceTensor } from "@tadsr/core";

export type Image = ReferenceTensor;
export type Size = readonly [n: number, h: number, w: number, c: number];

export const sizeOf = (image: Image): Size => image.shape as [number, number, number, number];
/** The same numbers with another shape. */
export const shaped = (shape: readonly number[], { data }: Image): Image => ({ shape, data });

/** A tensor from a formula over its flat index. */
export const from = (shape: readonly number[], element: (i: number) => number): Image => ({
  shape,
  data: Float64Array.from({ length: elements(shape) }, (_, i) => element(i)),
});

export const at = ({ data }: Image, i: number): number => data[i] as number;

/**
 * The order of c channels in which channel j of run r comes at j k + r: k runs by turns instead of one after another.
 */
export const interleaved = (c: number, runs: number): readonly number[] =>
  Array.from({ length: c }, (_, k) => (k % (c / runs)) * runs + Math.floor(k / (c / runs)));

export const reordered = (a: Image, order: readonly number[]): Image => {
  const c = order.length;
  return from(a.shape, (i) => at(a, i - (i % c) + (order[i % c] as number)));
};

export const inverse = (order: readonly number[]): readonly number[] => order.map((_, k) => order.indexOf(k));

/** The transpose of an image's height and width. */
export const transposed = (a: Image): Image => {
  const [n, h, w, c] = sizeOf(a);
  return from([n, w, h, c], (i) => {
    const [channel, y, x, sample] = [
      i % c,
      Math.floor(i / c) % h,
      Math.floor(i / (c * h)) % w,
      Math.floor(i / (c * h * w)),
    ];
    return at(a, ((sample * h + y) * w + x) * c + channel);
  });
};

/** The image whose pixel (y, x) is this one's (y + by, x + by), cyclically. */
export const rolled = (a: Image, by: number): Image => {
  const [n, h, w, c] = sizeOf(a);
  return from([n, h, w, c], (i) => {
    const [channel, x, y, sample] = [
      i % c,
      Math.floor(i / c) % w,
      Math.floor(i / (c * w)) % h,
      Math.floor(i / (c * h * w)),
    ];
    const [row, column] = [(((y + by) % h) + h) % h, (((x + by) % w) + w) % w];
    return at(a, ((sample * h + row) * w + column) * c + channel);
  });
};
