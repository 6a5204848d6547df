/** An image cut into equal windows: rolled where the grid is shifted, padded where the size is no multiple. */
import type { WindowEdges } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";

interface WindowGrid {
  readonly height: number;
  readonly width: number;
  readonly window: number;
  readonly shift: number;
  readonly edges: WindowEdges;
}

export interface EqualWindows extends WindowGrid {
  /** Windows along each axis. */
  readonly rows: number;
  readonly columns: number;
  /**
   * What is added to the scores [rows columns, tokens, tokens], tokens = window^2: 0 within what is really
   * one window, `MASKED` elsewhere; null where that is 0 everywhere.
   */
  readonly mask: Float32Array | null;
}

/** The authors' value (FACTS section 5). */
const MASKED = -100;

/**
 * For each place along a rolled axis, which part of its window it belongs to: 0, or 1 where it was rolled in
 * from the other end, or -1 where it is padding.
 */
const partsAlong = (size: number, padded: number, shift: number): readonly number[] =>
  Array.from({ length: padded }, (_, place) => {
    const original = (place + shift) % padded;
    if (original >= size) return -1;
    return place + shift >= padded ? 1 : 0;
  });

const maskOf = (
  { height, width, window, shift, edges }: WindowGrid,
  rows: number,
  columns: number,
): Float32Array => {
  const vertical = partsAlong(height, rows * window, shift);
  const horizontal = partsAlong(width, columns * window, shift);
  const tokens = window * window;
  const mask = new Float32Array(rows * columns * tokens * tokens);
  const part = (row: number, column: number, token: number): number => {
    const y = vertical[row * window + Math.floor(token / window)] ?? -1;
    const x = horizontal[column * window + (token % window)] ?? -1;
    if (y < 0 || x < 0) return -1;
    if (edges === "separate" || shift === 0) return 2 * y + x;
    return row === rows - 1 && token % window >= window - shift ? 1 : 0;
  };
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const parts = Array.from({ length: tokens }, (_, token) => part(row, column, token));
      for (const query of parts) for (const key of parts) mask[at++] = key >= 0 && key === query ? 0 : MASKED;
    }
  return mask;
};

export const equalWindows = (grid: WindowGrid): EqualWindows => {
  const { height, width, window, shift } = grid;
  const [rows, columns] = [Math.ceil(height / window), Math.ceil(width / window)];
  const whole = rows * window === height && columns * window === width && shift === 0;
  return { ...grid, rows, columns, mask: whole ? null : maskOf(grid, rows, columns) };
};

/** Moves everything `by` places towards the start of an axis, what leaves it enters at the end. */
const rolled = (a: tf.Tensor, axis: number, by: number): tf.Tensor => {
  const size = a.shape[axis] ?? 1;
  const places = ((by % size) + size) % size;
  if (places === 0) return a;
  return tf.concat([slicedAlong(a, axis, places, size - places), slicedAlong(a, axis, 0, places)], axis);
};

const slicedAlong = (a: tf.Tensor, axis: number, from: number, count: number): tf.Tensor =>
  tf.slice(
    a,
    a.shape.map((_, i) => (i === axis ? from : 0)),
    a.shape.map((size, i) => (i === axis ? count : size)),
  );

/** [n, h, w, c] -> [n rows columns, window^2, c]. */
export const toWindows = (image: tf.Tensor, layout: EqualWindows): tf.Tensor => {
  const { height, width, window, shift, rows, columns } = layout;
  const [n = 1, , , c = 1] = image.shape;
  const [bottom, right] = [rows * window - height, columns * window - width];
  const padded =
    bottom + right === 0
      ? image
      : tf.pad(image, [
          [0, 0],
          [0, bottom],
          [0, right],
          [0, 0],
        ]);
  const moved = rolled(rolled(padded, 1, shift), 2, shift);
  const rowsOfWindows = tf.reshape(moved, [n * rows, window, columns, window * c]);
  return tf.reshape(tf.transpose(rowsOfWindows, [0, 2, 1, 3]), [n * rows * columns, window * window, c]);
};

/** The inverse of `toWindows`; what was padded is dropped. */
export const fromWindows = (windows: tf.Tensor, layout: EqualWindows, n: number, c: number): tf.Tensor => {
  const { height, width, window, shift, rows, columns } = layout;
  const rowsOfWindows = tf.reshape(windows, [n * rows, columns, window, window * c]);
  const [tall, wide] = [rows * window, columns * window];
  const moved = tf.reshape(tf.transpose(rowsOfWindows, [0, 2, 1, 3]), [n, tall, wide, c]);
  const image = rolled(rolled(moved, 1, -shift), 2, -shift);
  return tall === height && wide === width ? image : tf.slice(image, [0, 0, 0, 0], [n, height, width, c]);
};
