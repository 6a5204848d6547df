/**
 * Group normalisation with its gradient by hand. Composed of operations it would keep twice as much, and take twice the
 * passes.
 */
import { type GroupNormOptions, shapeText } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { at, withGradient } from "./fused.ts";

/**
 * For every channel, the mean over the pixels and the channels of its group: [n, p, c] -> [n, 1, c]. It sums over
 * pixels first, since memory is then read in order.
 */
const groupMean = (a: tf.Tensor, groups: number): tf.Tensor => {
  const [n = 1, , c = 1] = a.shape;
  const size = c / groups;
  const ofGroups = tf.mean(tf.reshape(tf.mean(a, 1), [n, groups, size]), 2, true);
  return tf.reshape(tf.tile(ofGroups, [1, 1, size]), [n, 1, c]);
};

/**
 * With x' = (x - mean) r, r = 1 / sqrt(variance + epsilon), y = weight x' + bias:
 * dx = r (dx' - mean(dx') - x' mean(dx' x')) with dx' = weight dy, the means over groups.
 */
export const groupNorm = (
  image: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor,
  { groups, epsilon }: GroupNormOptions,
): tf.Tensor => {
  const shape = image.shape;
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  if (image.rank !== 4 || c % groups !== 0) {
    throw new Error(
      `groupNorm: found ${shapeText(shape)} and ${groups} groups, expected groups that divide c`,
    );
  }
  return withGradient(
    (inputs, save) => {
      const x = tf.reshape(at(inputs, 0), [n, h * w, c]);
      const centred = tf.sub(x, groupMean(x, groups));
      const r = tf.rsqrt(tf.add(groupMean(tf.square(centred), groups), epsilon));
      const factor = tf.mul(r, at(inputs, 1));
      save([centred, r, at(inputs, 1)]);
      return tf.reshape(tf.add(tf.mul(centred, factor), at(inputs, 2)), shape);
    },
    (dy, saved) => {
      const [centred, r, weights] = [at(saved, 0), at(saved, 1), at(saved, 2)];
      const slope = tf.reshape(dy, [n, h * w, c]);
      const normal = tf.mul(centred, r);
      const inner = tf.mul(slope, weights);
      const ofMean = groupMean(inner, groups);
      const ofDeviation = groupMean(tf.mul(inner, normal), groups);
      const dx = tf.mul(tf.sub(tf.sub(inner, ofMean), tf.mul(normal, ofDeviation)), r);
      return [tf.reshape(dx, shape), tf.sum(tf.mul(slope, normal), [0, 1]), tf.sum(slope, [0, 1])];
    },
  )(image, weight, bias);
};
