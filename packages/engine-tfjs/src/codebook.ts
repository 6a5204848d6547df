/** Vector quantisation on TensorFlow.js. */
import * as tf from "@tensorflow/tfjs-core";
import { at, stopGradient, withGradient } from "./fused.ts";

/** The most distances that are held at a time. */
const MOST_DISTANCES = 2 ** 24;

/** |e|^2 - 2 z e: the squared distance without |z|^2, which is the same for every entry. */
const nearestRows = (pixels: tf.Tensor2D, codebook: tf.Tensor2D, squares: tf.Tensor): tf.Tensor =>
  tf.tidy(() => {
    const distances = tf.sub(squares, tf.mul(tf.matMul(pixels, codebook, false, true), 2));
    return tf.cast(tf.argMin(distances, 1), "float32");
  });

export const nearestIndices = (image: tf.Tensor, codebook: tf.Tensor): tf.Tensor => {
  const [n = 1, h = 1, w = 1, c = 1] = image.shape;
  const pixels = tf.reshape(stopGradient(image), [n * h * w, c]) as tf.Tensor2D;
  const entries = stopGradient(codebook) as tf.Tensor2D;
  const squares = tf.sum(tf.square(entries), 1);
  const step = Math.max(1, Math.floor(MOST_DISTANCES / (entries.shape[0] ?? 1)));
  const parts: tf.Tensor[] = [];
  for (let from = 0; from < n * h * w; from += step) {
    const part = tf.slice(pixels, [from, 0], [Math.min(step, n * h * w - from), c]);
    parts.push(nearestRows(part, entries, squares));
  }
  return tf.reshape(tf.concat(parts), [n, h, w, 1]);
};

/** The rows of a matrix that a list gives by number. The gradient of a row is the sum over its uses. */
export const gatherRows = (indices: tf.Tensor1D, rows: tf.Tensor): tf.Tensor =>
  withGradient(
    (inputs, save) => {
      save([indices]);
      return tf.gather(at(inputs, 0), indices);
    },
    (dy, saved) => {
      const list = at(saved, 0) as tf.Tensor1D;
      const entries = rows.shape[0] ?? 1;
      if (entries === 1) return tf.sum(dy, 0, true); // oneHot refuses a depth of 1
      const uses = tf.cast(tf.oneHot(list, entries), "float32") as tf.Tensor2D;
      return tf.matMul(uses, dy as tf.Tensor2D, true, false);
    },
  )(rows);

export const takeRows = (indices: tf.Tensor, codebook: tf.Tensor): tf.Tensor => {
  const [n = 1, h = 1, w = 1] = indices.shape;
  const list = tf.cast(tf.reshape(stopGradient(indices), [n * h * w]), "int32") as tf.Tensor1D;
  return tf.reshape(gatherRows(list, codebook), [n, h, w, codebook.shape[1] ?? 1]);
};
