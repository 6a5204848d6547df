/**
 * A convolution with its bias as one operation of TensorFlow.js's tape. Its own one (`tf.fused.conv2d`) computes
 * the slopes of image, weight and bias whether anything asks for them or not, and sums a bias's slope by a
 * reduction over three axes that takes a tenth of a convolution's time; here each is computed when it is needed,
 * and the sum is a product of matrices.
 */
import * as tf from "@tensorflow/tfjs-core";

const KERNEL = "BiasedConvolution";

export interface ConvolutionAttributes {
  readonly strides: number;
  readonly pad: "same" | "valid";
}

const spelledOut = ({ strides, pad }: ConvolutionAttributes) => ({
  strides,
  pad,
  dataFormat: "NHWC" as const,
  dilations: 1,
});

const runKernel = (
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
): tf.Tensor => {
  const result = tf.engine().runKernel(name, { ...inputs }, attributes as unknown as tf.NamedAttrMap);
  if (Array.isArray(result)) throw new Error(`the kernel ${name} gave several tensors`);
  return result as tf.Tensor;
};

/** [..., c] -> [c]: the sum over all other axes. */
export const sumOverRows = (a: tf.Tensor): tf.Tensor => {
  const channels = a.shape.at(-1) ?? 1;
  const rows = a.size / channels;
  const product = tf.matMul(tf.ones([1, rows]), tf.reshape(a, [rows, channels]) as tf.Tensor2D);
  return tf.reshape(product, [channels]);
};

/** Makes the kernel known to a backend, and its gradient to TensorFlow.js, once. */
export const registerBiasedConvolution = (backendName: string): void => {
  if (tf.getKernel(KERNEL, backendName) == null) {
    const fused = tf.getKernel("FusedConv2D", backendName);
    tf.registerKernel({
      kernelName: KERNEL,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        fused.kernelFunc({ inputs, backend, attrs: { ...attrs, activation: "linear" } }),
    });
  }
  if (tf.getGradient(KERNEL) != null) return;
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ["x", "filter"],
    gradFunc: (slope, saved, attributes) => {
      const [dy, x, filter] = [slope as tf.Tensor, saved[0] as tf.Tensor, saved[1] as tf.Tensor];
      return {
        x: () => runKernel("Conv2DBackpropInput", { dy, filter }, { ...attributes, inputShape: x.shape }),
        filter: () =>
          runKernel("Conv2DBackpropFilter", { x, dy }, { ...attributes, filterShape: filter.shape }),
        bias: () => sumOverRows(dy),
      };
    },
  });
};

/** image [n, h, w, i], filter [kh, kw, i, o], bias [o]. */
export const biasedConvolution = (
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  attributes: ConvolutionAttributes,
): tf.Tensor4D => runKernel(KERNEL, { x, filter, bias }, spelledOut(attributes)) as tf.Tensor4D;
