/** An image's pixels as one closed sequence, and spectral normalisation, on TensorFlow.js. */
import * as tf from "@tensorflow/tfjs-core";
import { stopGradient } from "./fused.ts";

/** [o, i, k] -> [1, k, i, o], the filter of a convolution over an image of one row. */
export const toSequence = (weight: tf.Tensor): tf.Tensor => tf.expandDims(tf.transpose(weight, [2, 1, 0]), 0);

/** The inverse of `toSequence`. */
export const fromSequence = (filter: tf.Tensor): tf.Tensor =>
  tf.transpose(tf.squeeze(filter, [0]), [2, 1, 0]);

export const sequenceConvolution = (
  image: tf.Tensor,
  filter: tf.Tensor,
  bias: tf.Tensor | null,
): tf.Tensor => {
  const [n = 1, h = 1, w = 1, c = 1] = image.shape;
  const half = ((filter.shape[1] ?? 1) - 1) / 2;
  const row = tf.reshape(image, [n, 1, h * w, c]) as tf.Tensor4D;
  const start = [0, 0, h * w - half, 0];
  const closed =
    half === 0
      ? row
      : (tf.concat(
          [tf.slice(row, start, [n, 1, half, c]), row, tf.slice(row, [0, 0, 0, 0], [n, 1, half, c])],
          2,
        ) as tf.Tensor4D);
  const result = tf.conv2d(closed, filter as tf.Tensor4D, 1, "valid");
  return tf.reshape(bias === null ? result : tf.add(result, bias), [n, h, w, filter.shape[3] ?? 1]);
};

/** The weight as PyTorch's matrix [o, i k], transposed: [i k, o]. */
const transposedMatrix = (filter: tf.Tensor): tf.Tensor2D => {
  const [, k = 1, i = 1, o = 1] = filter.shape;
  return tf.reshape(tf.transpose(tf.squeeze(filter, [0]), [1, 0, 2]), [i * k, o]);
};

const asRow = (vector: tf.Tensor): tf.Tensor2D => tf.reshape(vector, [1, vector.size]);

const EPSILON = 1e-12;

const normalised = (row: tf.Tensor): tf.Tensor =>
  tf.reshape(tf.div(row, tf.maximum(tf.sqrt(tf.sum(tf.square(row))), EPSILON)), [row.size]);

export const leftSingular = (filter: tf.Tensor, v: tf.Tensor): tf.Tensor =>
  normalised(tf.matMul(asRow(stopGradient(v)), transposedMatrix(stopGradient(filter))));

export const rightSingular = (filter: tf.Tensor, u: tf.Tensor): tf.Tensor =>
  normalised(tf.matMul(asRow(stopGradient(u)), transposedMatrix(stopGradient(filter)), false, true));

export const spectralNormalize = (filter: tf.Tensor, u: tf.Tensor, v: tf.Tensor): tf.Tensor => {
  const product = tf.matMul(asRow(stopGradient(v)), transposedMatrix(filter));
  return tf.div(filter, tf.sum(tf.mul(product, asRow(stopGradient(u)))));
};
