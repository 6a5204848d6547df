/**
 * A convolution with its bias as one operation of TensorFlow.js's tape. TensorFlow.js's own one (`tf.fused.conv2d`)
 * always computes the slopes of image, weight and bias, even if nothing asks for them. It sums a bias's slope by a
 * reduction over three axes, which takes a tenth of a convolution's time. Here each slope is computed when it is
 * needed.
 */
import * as tf from "@tensorflow/tfjs-core";
import { nativeBackend } from "./native.ts";
import { biasSlope, type NativeConvolution, nativeConvolution } from "./native-convolution.ts";

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

/** [..., c] -> [c]: the sum over all other axes, as a product of matrices, for backends without a kernel for it. */
export const sumOverRows = (a: tf.Tensor): tf.Tensor => {
  const backend = nativeBackend();
  if (backend !== null) return biasSlope(backend, a);
  const channels = a.shape.at(-1) ?? 1;
  const rows = a.size / channels;
  const product = tf.matMul(tf.ones([1, rows]), tf.reshape(a, [rows, channels]) as tf.Tensor2D);
  return tf.reshape(product, [channels]);
};

/** The convolution and its slopes, by the kernels of any backend. */
const byKernels = (backendName: string): NativeConvolution => {
  const fused = tf.getKernel("FusedConv2D", backendName);
  return {
    forward: (x, filter, bias, attributes) =>
      fused.kernelFunc({
        inputs: { x, filter, bias },
        backend: tf.backend(),
        attrs: { ...spelledOut(attributes), activation: "linear" },
      }) as tf.Tensor,
    imageSlope: (dy, filter, inputShape, attributes) =>
      runKernel("Conv2DBackpropInput", { dy, filter }, { ...spelledOut(attributes), inputShape }),
    filterSlope: (dy, x, filterShape, attributes) =>
      runKernel("Conv2DBackpropFilter", { x, dy }, { ...spelledOut(attributes), filterShape }),
  };
};

const made = new Map<string, NativeConvolution>();

/** The convolution of the backend in use. */
const convolution = (): NativeConvolution => {
  const name = tf.getBackend();
  const known = made.get(name);
  if (known !== undefined) return known;
  const backend = nativeBackend();
  const fresh = backend === null ? byKernels(name) : nativeConvolution(backend);
  made.set(name, fresh);
  return fresh;
};

/** Registers the kernel with a backend and its gradient with TensorFlow.js, once. */
export const registerBiasedConvolution = (backendName: string): void => {
  if (tf.getKernel(KERNEL, backendName) == null) {
    tf.registerKernel({
      kernelName: KERNEL,
      backendName,
      kernelFunc: ({ inputs: { x, filter, bias }, attrs }) =>
        convolution().forward(
          x as tf.Tensor,
          filter as tf.Tensor,
          bias as tf.Tensor,
          attrs as unknown as ConvolutionAttributes,
        ),
    });
  }
  if (tf.getGradient(KERNEL) != null) return;
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ["x", "filter"],
    gradFunc: (slope, saved, attrs) => {
      const [dy, x, filter] = [slope as tf.Tensor, saved[0] as tf.Tensor, saved[1] as tf.Tensor];
      const attributes = attrs as unknown as ConvolutionAttributes;
      return {
        x: () => convolution().imageSlope(dy, filter, x.shape, attributes),
        filter: () => convolution().filterSlope(dy, x, filter.shape, attributes),
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
  { strides, pad }: ConvolutionAttributes,
): tf.Tensor4D => runKernel(KERNEL, { x, filter, bias }, { strides, pad }) as tf.Tensor4D;
