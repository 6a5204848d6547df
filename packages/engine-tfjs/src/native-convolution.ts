/**
 * Convolutions by TensorFlow's own operations, for the backend that is TensorFlow's library. TensorFlow.js would add
 * the bias in a second pass over the image and sum its slope by a product of matrices. Each of those takes a fiftieth
 * to a tenth of a small convolution's time.
 */
import * as tf from "@tensorflow/tfjs-core";
import { type Attribute, floats, type NativeBackend } from "./native.ts";

export interface NativeAttributes {
  readonly strides: number;
  readonly pad: "same" | "valid";
}

/** image [n, h, w, i], filter [kh, kw, i, o], bias [o], slope [n, h', w', o]. */
export interface NativeConvolution {
  forward(image: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor, attributes: NativeAttributes): tf.Tensor;
  imageSlope(
    slope: tf.Tensor,
    filter: tf.Tensor,
    imageShape: readonly number[],
    attributes: NativeAttributes,
  ): tf.Tensor;
  filterSlope(
    slope: tf.Tensor,
    image: tf.Tensor,
    filterShape: readonly number[],
    attributes: NativeAttributes,
  ): tf.Tensor;
}

const layout = ({ binding }: NativeBackend): Attribute => ({
  name: "data_format",
  type: binding.TF_ATTR_STRING,
  value: "NHWC",
});

const attributesOf = (backend: NativeBackend, { strides, pad }: NativeAttributes): readonly Attribute[] => {
  const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_BOOL } = backend.binding;
  return [
    floats(backend),
    layout(backend),
    { name: "strides", type: TF_ATTR_INT, value: [1, strides, strides, 1] },
    { name: "padding", type: TF_ATTR_STRING, value: pad.toUpperCase() },
    { name: "use_cudnn_on_gpu", type: TF_ATTR_BOOL, value: true },
    { name: "dilations", type: TF_ATTR_INT, value: [1, 1, 1, 1] },
  ];
};

type Forward = NativeConvolution["forward"];

/** In one pass: the operation that TensorFlow puts into its own graphs if it has Intel's oneDNN (x86 processors). */
const inOnePass =
  (backend: NativeBackend): Forward =>
  (image, filter, bias, attributes) => {
    const label = { name: "_kernel", type: backend.binding.TF_ATTR_STRING, value: "MklNameChangeOp" };
    return backend.executeSingleOutput(
      "_MklNativeConv2DWithBias",
      [...attributesOf(backend, attributes), label],
      [image, filter, bias],
    );
  };

const inTwoPasses =
  (backend: NativeBackend): Forward =>
  (image, filter, bias, attributes) => {
    const product = backend.executeSingleOutput("Conv2D", attributesOf(backend, attributes), [image, filter]);
    const result = backend.executeSingleOutput(
      "BiasAdd",
      [floats(backend), layout(backend)],
      [product, bias],
    );
    product.dispose();
    return result;
  };

/** Whether the library has an operation. It tries the operation on one pixel: 2 * 3 + 2 * 3 + 1. */
const works = (forward: Forward): boolean => {
  try {
    return tf.tidy(() => {
      const [image, filter] = [tf.fill([1, 1, 1, 2], 2), tf.fill([1, 1, 2, 1], 3)];
      const result = forward(image, filter, tf.tensor1d([1]), { strides: 1, pad: "same" });
      return result.dataSync()[0] === 13;
    });
  } catch {
    return false;
  }
};

/**
 * TensorFlow (2.21) caches what it has prepared under a key that does not distinguish a convolution of one channel with
 * a bias, [o, 1, h, w] and [o], from a depthwise one without a bias, [g, 1, 1, h, w]. The second would get what was
 * prepared for the first.
 */
const ofOneChannel = ({ shape }: tf.Tensor): boolean => shape[2] === 1;

/** The fastest way that the library has. */
const forwardOf = (backend: NativeBackend): Forward => {
  const [one, two] = [inOnePass(backend), inTwoPasses(backend)];
  if (backend.isUsingGpuDevice || !works(one)) return two;
  return (image, filter, bias, attributes) =>
    (ofOneChannel(filter) ? two : one)(image, filter, bias, attributes);
};

/** The sum of a slope [..., c] over all axes except the last. */
export const biasSlope = (backend: NativeBackend, slope: tf.Tensor): tf.Tensor =>
  backend.executeSingleOutput("BiasAddGrad", [floats(backend), layout(backend)], [slope]);

export const nativeConvolution = (backend: NativeBackend): NativeConvolution => {
  const execute = (
    name: string,
    attributes: NativeAttributes,
    [first, second]: readonly [tf.Tensor | readonly number[], tf.Tensor | readonly number[]],
    slope: tf.Tensor,
  ): tf.Tensor =>
    tf.tidy(() => {
      const asTensor = (a: tf.Tensor | readonly number[]): tf.Tensor =>
        a instanceof tf.Tensor ? a : tf.tensor1d([...a], "int32");
      const inputs = [asTensor(first), asTensor(second), slope];
      return backend.executeSingleOutput(name, attributesOf(backend, attributes), inputs);
    });
  return {
    forward: forwardOf(backend),
    imageSlope: (slope, filter, imageShape, attributes) =>
      execute("Conv2DBackpropInput", attributes, [imageShape, filter], slope),
    filterSlope: (slope, image, filterShape, attributes) =>
      execute("Conv2DBackpropFilter", attributes, [image, filterShape], slope),
  };
};
