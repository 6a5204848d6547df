/**
 * Operations with gradients written by hand. If each were composed of TensorFlow.js's own operations, it would need two
 * to four times as many passes over memory, and training on a CPU mostly waits for memory.
 */
import * as tf from "@tensorflow/tfjs-core";
import { sumOverRows } from "./biased-convolution.ts";
import { leakySlope, nativeBackend, normOfChannels, timesSigmoid } from "./native.ts";

export type Save = (tensors: tf.Tensor[]) => void;
export type Gradient = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** tf.customGrad with stricter types. Tensors that a gradient makes on the way are released at its end. */
export const withGradient = (
  forward: (inputs: readonly tf.Tensor[], save: Save) => tf.Tensor,
  gradient: Gradient,
): ((...inputs: tf.Tensor[]) => tf.Tensor) =>
  tf.customGrad((...args: unknown[]) => {
    const save = args[args.length - 1] as Save;
    const value = forward(args.slice(0, -1) as tf.Tensor[], save);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor =>
      tf.tidy(() => gradient(dy, saved)) as tf.Tensor;
    return { value, gradFunc };
  });

export const at = <A>(list: readonly A[], i: number): A => {
  const value = list[i];
  if (value === undefined) throw new Error(`expected at least ${i + 1} tensors, found ${list.length}`);
  return value;
};

/** slope * sigmoid(a). */
const gated = (slope: tf.Tensor, a: tf.Tensor): tf.Tensor =>
  timesSigmoid(slope, a) ?? tf.mul(slope, tf.sigmoid(a));

/** y = a sigmoid(a); derivative sigmoid(a) (1 + a - y). */
export const silu = withGradient(
  (inputs, save) => {
    const a = at(inputs, 0);
    const y = gated(a, a);
    save([a, y]);
    return y;
  },
  (dy, saved) => {
    const [a, y] = [at(saved, 0), at(saved, 1)];
    const slope = gated(dy, a);
    return tf.add(slope, tf.mul(slope, tf.sub(a, y)));
  },
);

/**
 * a if a > 0, else slope * a. The gradient only needs a's sign. The result has the same sign unless the slope is
 * negative. So the result is kept, which the next operation mostly keeps anyway, and a is released.
 */
export const leakyRelu = (image: tf.Tensor, slope: number): tf.Tensor =>
  withGradient(
    (inputs, save) => {
      const a = at(inputs, 0);
      const y = tf.leakyRelu(a, slope);
      save([slope < 0 ? a : y]);
      return y;
    },
    (dy, saved) => {
      const signed = at(saved, 0);
      return leakySlope(dy, signed, slope) ?? tf.mul(dy, tf.step(signed, slope));
    },
  )(image);

/**
 * The same values, but the gradient stops here. The identity kernel runs without the tape. A gradient of zeros would
 * also be right, but TensorFlow.js would carry it back through everything that made `a`.
 */
export const stopGradient = (a: tf.Tensor): tf.Tensor => {
  const identity = tf.getKernel("Identity", tf.getBackend());
  const copy = identity.kernelFunc({ inputs: { x: a }, backend: tf.backend(), attrs: {} });
  if (Array.isArray(copy)) throw new Error("the identity kernel gave several tensors");
  return copy instanceof tf.Tensor ? copy : tf.engine().makeTensorFromTensorInfo(copy);
};

/** |a|; derivative -1, 0 or 1. */
export const abs = withGradient(
  (inputs, save) => {
    const a = at(inputs, 0);
    save([a]);
    return tf.abs(a);
  },
  (dy, saved) => tf.mul(dy, tf.sign(at(saved, 0))),
);

/** The mean of all elements. In the gradient every element gets the same share of the slope, which is stored once. */
export const mean = (a: tf.Tensor): tf.Tensor =>
  withGradient(
    (inputs) => tf.mean(at(inputs, 0)),
    (dy) => tf.broadcastTo(tf.mul(dy, 1 / a.size), a.shape),
  )(a);

/** The mean over channels of a^2: [n, h, w, c] -> [n, h, w, 1]. */
const meanSquare = (a: tf.Tensor): tf.Tensor => {
  const norm = normOfChannels(a);
  return norm === null ? tf.mean(tf.square(a), -1, true) : tf.mul(tf.square(norm), 1 / (a.shape.at(-1) ?? 1));
};

/**
 * y = a r with r = 1 / sqrt(mean over channels of a^2 + epsilon);
 * da = r (dy - y mean(dy y)).
 */
export const channelNorm = (image: tf.Tensor, epsilon: number): tf.Tensor =>
  withGradient(
    (inputs, save) => {
      const a = at(inputs, 0);
      const r = tf.rsqrt(tf.add(meanSquare(a), epsilon));
      const y = tf.mul(a, r);
      save([y, r]);
      return y;
    },
    (dy, saved) => {
      const [y, r] = [at(saved, 0), at(saved, 1)];
      return tf.mul(tf.sub(dy, tf.mul(y, tf.mean(tf.mul(dy, y), -1, true))), r);
    },
  )(image);

const broadcast = (matrix: tf.Tensor): tf.Tensor => {
  const [n, c] = matrix.shape;
  return tf.reshape(matrix, [n ?? 1, 1, 1, c ?? 1]);
};

/** [n, h, w, c] -> [n, c], as a product of matrices, which is twice as fast as a reduction over two axes. */
const sumOverPixels = (image: tf.Tensor): tf.Tensor => {
  const [n = 1, h = 1, w = 1, c = 1] = image.shape;
  const rows = tf.reshape(image, [n, h * w, c]) as tf.Tensor3D;
  return tf.reshape(tf.matMul(tf.ones([n, 1, h * w]) as tf.Tensor3D, rows), [n, c]);
};

/** image * (1 + gamma) + beta. */
const scaleAndShift = withGradient(
  (inputs, save) => {
    const [image, gamma, beta] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
    const factor = tf.add(broadcast(gamma), 1);
    save([image, factor]);
    return tf.add(tf.mul(image, factor), broadcast(beta));
  },
  (dy, saved) => {
    const [image, factor] = [at(saved, 0), at(saved, 1)];
    return [tf.mul(dy, factor), sumOverPixels(tf.mul(dy, image)), sumOverPixels(dy)];
  },
);

/** image + beta. */
const shift = withGradient(
  (inputs) => tf.add(at(inputs, 0), broadcast(at(inputs, 1))),
  (dy) => [dy.clone(), sumOverPixels(dy)],
);

/** image * (1 + gamma) + beta. Without gamma only the sum. */
export const modulate = (image: tf.Tensor, gamma: tf.Tensor | null, beta: tf.Tensor): tf.Tensor =>
  gamma === null ? shift(image, beta) : scaleAndShift(image, gamma, beta);

/**
 * Repeats each pixel factor x factor times. The gradient sums each block, as the block's mean times its size. The cpu
 * backend's own kernel (ResizeNearestNeighborGrad, 4.22) reads every sample after the first from the wrong place, and a
 * sum over two axes is twenty times slower.
 */
export const upsampleNearest = (image: tf.Tensor, factor: number): tf.Tensor =>
  withGradient(
    (inputs) => {
      const source = at(inputs, 0) as tf.Tensor4D;
      const [, h, w] = source.shape;
      return tf.image.resizeNearestNeighbor(source, [h * factor, w * factor]);
    },
    (dy) => {
      return tf.mul(tf.avgPool(dy as tf.Tensor4D, factor, factor, "valid"), factor ** 2);
    },
  )(image);

/** a Phi(a); derivative Phi(a) + a e^(-a^2 / 2) / sqrt(2 pi). */
export const gelu = withGradient(
  (inputs, save) => {
    const a = at(inputs, 0);
    const below = tf.mul(tf.add(tf.erf(tf.mul(a, Math.SQRT1_2)), 1), 0.5);
    save([a, below]);
    return tf.mul(a, below);
  },
  (dy, saved) => {
    const [a, below] = [at(saved, 0), at(saved, 1)];
    const density = tf.mul(tf.exp(tf.mul(tf.square(a), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(below, tf.mul(a, density)));
  },
);

/** TensorFlow's library has no kernel for it. Choosing between two sides takes half the time of adding them. */
const slopedBelowZero = (image: tf.Tensor, slope: tf.Tensor): tf.Tensor =>
  nativeBackend() === null
    ? tf.prelu(image, slope)
    : tf.where(tf.greater(image, 0), image, tf.mul(image, slope));

/** y = a if a > 0, else p a. Derivatives: 1 or p for a; for each channel's p the sum of min(a, 0). */
export const prelu = withGradient(
  (inputs, save) => {
    const [image, slope] = [at(inputs, 0), at(inputs, 1)];
    save([image, slope]);
    return slopedBelowZero(image, slope);
  },
  (dy, saved) => {
    const [image, slope] = [at(saved, 0), at(saved, 1)];
    return [
      tf.where(tf.greater(image, 0), dy, tf.mul(dy, slope)),
      sumOverRows(tf.mul(dy, tf.minimum(image, 0))),
    ];
  },
);
