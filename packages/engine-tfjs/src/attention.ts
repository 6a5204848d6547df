/** Attention on TensorFlow.js, over whole images and over windows of one size (rolled and padded). */
import { type AttentionOptions, equalWindows, positionRows, type WindowOptions } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { gatherRows } from "./codebook.ts";
import { fromWindows, toWindows } from "./windows.ts";

/** The most scores that are held at a time if the whole image attends to itself. */
const MOST_SCORES = 2 ** 26;

/** [b, s, c] -> [b heads, s, c / heads]. */
const splitHeads = (tokens: tf.Tensor, heads: number): tf.Tensor3D => {
  const [b = 1, s = 1, c = 1] = tokens.shape;
  if (heads === 1) return tokens as tf.Tensor3D;
  const split = tf.reshape(tokens, [b, s, heads, c / heads]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [b * heads, s, c / heads]);
};

/** The inverse of `splitHeads`. */
const joinHeads = (tokens: tf.Tensor, heads: number): tf.Tensor3D => {
  const [rows = 1, s = 1, width = 1] = tokens.shape;
  if (heads === 1) return tokens as tf.Tensor3D;
  const split = tf.reshape(tokens, [rows / heads, heads, s, width]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [rows / heads, s, heads * width]);
};

/** softmax(q k^T / sqrt(width) + bias) v for tokens [b, s, width]. `biased` adds the bias to the scores [b, s, s]. */
const attend = (
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  biased: (scores: tf.Tensor) => tf.Tensor,
): tf.Tensor3D => {
  const scaled = tf.mul(query, 1 / Math.sqrt(query.shape[2])) as tf.Tensor3D;
  const scores = biased(tf.matMul(scaled, key, false, true));
  return tf.matMul(tf.softmax(scores) as tf.Tensor3D, value);
};

const unbiased = (scores: tf.Tensor): tf.Tensor => scores;

export const attention = (
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  { heads }: AttentionOptions,
): tf.Tensor => {
  const [n = 1, h = 1, w = 1, c = 1] = query.shape;
  const [q, k, v] = [query, key, value].map((image) =>
    splitHeads(tf.reshape(image, [n, h * w, c]), heads),
  ) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  const step = Math.max(1, Math.floor(MOST_SCORES / (n * heads * h * w)));
  const parts: tf.Tensor3D[] = [];
  for (let from = 0; from < h * w; from += step) {
    const count = Math.min(step, h * w - from);
    const part = tf.slice(q, [0, from, 0], [q.shape[0], count, q.shape[2]]);
    parts.push(tf.tidy(() => attend(part, k, v, unbiased)));
  }
  const all = parts.length === 1 ? (parts[0] as tf.Tensor3D) : tf.concat(parts, 1);
  return tf.reshape(joinHeads(all, heads), [n, h, w, c]);
};

/** The positions' table in the form that is added to the scores: [heads, tokens, tokens]. */
const positionBias = (positions: tf.Tensor, window: number): tf.Tensor => {
  const tokens = window * window;
  const pairs = gatherRows(tf.tensor1d(positionRows(window), "int32"), positions);
  return tf.reshape(tf.transpose(pairs), [positions.shape[1] ?? 1, tokens, tokens]);
};

export const windowAttention = (
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  positions: tf.Tensor,
  { heads, window, shift, edges = "separate" }: WindowOptions,
): tf.Tensor => {
  const [n = 1, height = 1, width = 1, c = 1] = query.shape;
  const tokens = window * window;
  const layout = equalWindows({ height, width, window, shift, edges });
  const windows = toWindows(tf.concat([query, key, value], 3), layout);
  const [q, k, v] = tf.split(windows, 3, 2).map((part) => splitHeads(part, heads)) as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
  ];
  const count = layout.rows * layout.columns;
  const biased = (scores: tf.Tensor): tf.Tensor => {
    const bias = tf.reshape(positionBias(positions, window), [1, heads, tokens * tokens]);
    const byWindow = tf.reshape(scores, [n * count, heads, tokens * tokens]);
    const positioned = tf.add(byWindow, bias);
    const masked =
      layout.mask === null
        ? positioned
        : tf.add(
            tf.reshape(positioned, [n, count, heads, tokens * tokens]),
            tf.tensor(layout.mask, [1, count, 1, tokens * tokens], "float32"),
          );
    return tf.reshape(masked, [n * count * heads, tokens, tokens]);
  };
  return fromWindows(joinHeads(attend(q, k, v, biased), heads), layout, n, c);
};
