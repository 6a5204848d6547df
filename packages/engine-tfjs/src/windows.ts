/**
 * An image cut into windows of one size: rolled if the grid is shifted, padded if the size is no multiple of the
 * window.
 */
import type { EqualWindows } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";

/** Moves everything `by` places towards the start of an axis. What leaves there enters at the end. */
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

/** The inverse of `toWindows`; the padding is dropped. */
export const fromWindows = (windows: tf.Tensor, layout: EqualWindows, n: number, c: number): tf.Tensor => {
  const { height, width, window, shift, rows, columns } = layout;
  const rowsOfWindows = tf.reshape(windows, [n * rows, columns, window, window * c]);
  const [tall, wide] = [rows * window, columns * window];
  const moved = tf.reshape(tf.transpose(rowsOfWindows, [0, 2, 1, 3]), [n, tall, wide, c]);
  const image = rolled(rolled(moved, 1, -shift), 2, -shift);
  return tall === height && wide === width ? image : tf.slice(image, [0, 0, 0, 0], [n, height, width, c]);
};
