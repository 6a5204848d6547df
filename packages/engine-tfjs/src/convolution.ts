/** Convolutions on TensorFlow.js with the algebra's explicit zero padding. */
import type { ConvolutionOptions, Padding } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { biasedConvolution } from "./biased-convolution.ts";

type Convolve = (
  image: tf.Tensor4D,
  weight: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  stride: number,
  pad: "same" | "valid",
) => tf.Tensor4D;

/**
 * The pixels that `same` adds along an axis. If this is below 0, it adds none, and wasm's kernels (4.22) return zeros.
 */
const extent = (size: number, kernel: number, stride: number): number =>
  (Math.ceil(size / stride) - 1) * stride + kernel - size;

/** Whether TensorFlow's `same` gives this padding. It is the only padding that every backend has kernels for. */
const isSame = (
  image: tf.Tensor4D,
  weight: tf.Tensor4D,
  { stride, padding }: ConvolutionOptions,
): boolean => {
  const vertical = extent(image.shape[1], weight.shape[0], stride);
  const horizontal = extent(image.shape[2], weight.shape[1], stride);
  return (
    vertical >= 0 &&
    horizontal >= 0 &&
    padding.top === vertical >> 1 &&
    padding.bottom === vertical - (vertical >> 1) &&
    padding.left === horizontal >> 1 &&
    padding.right === horizontal - (horizontal >> 1)
  );
};

const isNone = ({ top, bottom, left, right }: Padding): boolean => top + bottom + left + right === 0;

const padded = (image: tf.Tensor4D, { top, bottom, left, right }: Padding): tf.Tensor4D =>
  tf.pad4d(image, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);

const withPadding =
  (convolve: Convolve) =>
  (image: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | null, options: ConvolutionOptions): tf.Tensor => {
    const x = image as tf.Tensor4D;
    const w = weight as tf.Tensor4D;
    const b = bias as tf.Tensor1D | null;
    if (isNone(options.padding)) return convolve(x, w, b, options.stride, "valid");
    if (isSame(x, w, options)) return convolve(x, w, b, options.stride, "same");
    return convolve(padded(x, options.padding), w, b, options.stride, "valid");
  };

/** image [n, h, w, i], weight physically [kh, kw, i, o]. */
export const conv2d = withPadding((x, filter, bias, strides, pad) =>
  bias === null ? tf.conv2d(x, filter, strides, pad) : biasedConvolution(x, filter, bias, { strides, pad }),
);

/** image [n, h, w, c], weight physically [kh, kw, c, 1]. */
export const depthwiseConv2d = withPadding((x, filter, bias, strides, pad) => {
  const result = tf.depthwiseConv2d(x, filter, strides, pad);
  return bias === null ? result : tf.add(result, bias);
});
