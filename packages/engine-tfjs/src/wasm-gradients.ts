/**
 * The gradient kernels that TensorFlow.js's wasm backend lacks, composed of kernels that it has. With them training
 * runs without native TensorFlow.
 */
import * as tf from "@tensorflow/tfjs-core";

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

type Info = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const convolutionInfo = (
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
  depthwise: boolean,
): Info =>
  tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
    depthwise,
  );

/** The image padded by zeros so that every window is inside it. */
const padInput = (x: tf.Tensor4D, info: Info): tf.Tensor4D =>
  tf.pad4d(x, [
    [0, 0],
    [info.padInfo.top, info.padInfo.bottom],
    [info.padInfo.left, info.padInfo.right],
    [0, 0],
  ]);

/** The input that weight (ky, kx) multiplies at each output pixel: [n, h', w', c]. */
const shifted = (padded: tf.Tensor4D, info: Info, ky: number, kx: number): tf.Tensor4D => {
  const [n, , , c] = padded.shape;
  const { strideHeight: sy, strideWidth: sx, outHeight, outWidth } = info;
  if (sy === 1 && sx === 1) return tf.slice4d(padded, [0, ky, kx, 0], [n, outHeight, outWidth, c]);
  return tf.stridedSlice(
    padded,
    [0, ky, kx, 0],
    [n, ky + (outHeight - 1) * sy + 1, kx + (outWidth - 1) * sx + 1, c],
    [1, sy, sx, 1],
  ) as tf.Tensor4D;
};

const forEachTap = (info: Info, f: (ky: number, kx: number) => tf.Tensor): tf.Tensor[] =>
  Array.from({ length: info.filterHeight * info.filterWidth }, (_, tap) =>
    f(Math.floor(tap / info.filterWidth), tap % info.filterWidth),
  );

const filterGradient = (x: tf.Tensor4D, dy: tf.Tensor4D, info: Info): tf.Tensor => {
  const padded = padInput(x, info);
  const columns = tf.reshape(dy, [-1, info.outChannels]);
  const taps = forEachTap(info, (ky, kx) =>
    tf.matMul(tf.reshape(shifted(padded, info, ky, kx), [-1, info.inChannels]), columns, true, false),
  );
  return tf.reshape(tf.stack(taps), [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels]);
};

const depthwiseFilterGradient = (x: tf.Tensor4D, dy: tf.Tensor4D, info: Info): tf.Tensor => {
  const padded = padInput(x, info);
  const taps = forEachTap(info, (ky, kx) => tf.sum(tf.mul(shifted(padded, info, ky, kx), dy), [0, 1, 2]));
  return tf.reshape(tf.stack(taps), [info.filterHeight, info.filterWidth, info.inChannels, 1]);
};

/** Puts stride - 1 zeros after each pixel along an axis. */
const dilate = (image: tf.Tensor4D, axis: 1 | 2, stride: number): tf.Tensor4D => {
  if (stride === 1) return image;
  const widened = tf.expandDims(image, axis + 1);
  const zeros = Array.from({ length: stride - 1 }, () => tf.zerosLike(widened));
  const shape = [...image.shape] as [number, number, number, number];
  shape[axis] *= stride;
  return tf.reshape(tf.concat([widened, ...zeros], axis + 1), shape);
};

/** The transposed convolution: dy dilated by the stride, convolved with the flipped weight. */
const depthwiseInputGradient = (dy: tf.Tensor4D, filter: tf.Tensor4D, info: Info): tf.Tensor => {
  const { strideHeight: sy, strideWidth: sx, filterHeight: kh, filterWidth: kw, padInfo } = info;
  const spread = dilate(dilate(dy, 1, sy), 2, sx);
  const [, height, width] = spread.shape;
  const bordered = tf.pad4d(spread, [
    [0, 0],
    [kh - 1, Math.max(0, info.inHeight + padInfo.top - height)],
    [kw - 1, Math.max(0, info.inWidth + padInfo.left - width)],
    [0, 0],
  ]);
  const full = tf.depthwiseConv2d(bordered, tf.reverse4d(filter, [0, 1]), 1, "valid");
  return tf.slice4d(
    full,
    [0, padInfo.top, padInfo.left, 0],
    [info.batchSize, info.inHeight, info.inWidth, info.inChannels],
  );
};

/** A kernel composed of operations. Its intermediate tensors are released; its result belongs to the caller. */
const composed = (
  kernelName: string,
  compute: (
    inputs: tf.NamedTensorInfoMap,
    attributes: ConvolutionAttributes & Record<string, unknown>,
  ) => tf.Tensor,
): void =>
  tf.registerKernel({
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => compute(inputs, attrs as unknown as ConvolutionAttributes & Record<string, unknown>)),
  });

const asTensor = (inputs: tf.NamedTensorInfoMap, name: string): tf.Tensor4D => {
  const info = inputs[name];
  if (!(info instanceof tf.Tensor)) throw new Error(`kernel input ${name} is missing`);
  return info as tf.Tensor4D;
};

/** Registers the kernels once. If a release of the backend has its own, that one stays. */
export const registerWasmGradients = (): void => {
  const missing = (name: string): boolean => tf.getKernel(name, "wasm") == null;
  if (missing("Conv2DBackpropFilter")) {
    composed("Conv2DBackpropFilter", (inputs, attributes) => {
      const x = asTensor(inputs, "x");
      const shape = attributes.filterShape as number[];
      return filterGradient(x, asTensor(inputs, "dy"), convolutionInfo(x.shape, shape, attributes, false));
    });
  }
  if (missing("DepthwiseConv2dNativeBackpropFilter")) {
    composed("DepthwiseConv2dNativeBackpropFilter", (inputs, attributes) => {
      const x = asTensor(inputs, "x");
      const shape = attributes.filterShape as number[];
      return depthwiseFilterGradient(
        x,
        asTensor(inputs, "dy"),
        convolutionInfo(x.shape, shape, attributes, true),
      );
    });
  }
  if (missing("DepthwiseConv2dNativeBackpropInput")) {
    composed("DepthwiseConv2dNativeBackpropInput", (inputs, attributes) => {
      const filter = asTensor(inputs, "filter");
      const shape = attributes.inputShape as number[];
      return depthwiseInputGradient(
        asTensor(inputs, "dy"),
        filter,
        convolutionInfo(shape, filter.shape, attributes, true),
      );
    });
  }
};
