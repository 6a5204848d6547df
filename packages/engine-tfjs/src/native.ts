/**
 * Operations of TensorFlow that TensorFlow.js has no kernel for, for the backend that is TensorFlow's library. Each
 * does in one pass over memory what others would do in several.
 */
import * as tf from "@tensorflow/tfjs-core";

/** An attribute of an operation: its name, the number of its type in TensorFlow's C interface, and its value. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend (4.22) that is used here. */
export interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<
    Record<
      | "TF_ATTR_TYPE"
      | "TF_ATTR_BOOL"
      | "TF_ATTR_INT"
      | "TF_ATTR_FLOAT"
      | "TF_ATTR_STRING"
      | "TF_FLOAT"
      | "TF_INT32",
      number
    >
  >;
  executeSingleOutput(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.Tensor[],
  ): tf.Tensor;
}

/** The backend in use if it is TensorFlow's library, else null. */
export const nativeBackend = (): NativeBackend | null =>
  tf.getBackend() === "tensorflow" ? (tf.backend() as unknown as NativeBackend) : null;

export const floats = ({ binding }: NativeBackend): Attribute => ({
  name: "T",
  type: binding.TF_ATTR_TYPE,
  value: binding.TF_FLOAT,
});

/** slope * sigmoid(a), which TensorFlow calls the gradient of softplus; null on other backends. */
export const timesSigmoid = (slope: tf.Tensor, a: tf.Tensor): tf.Tensor | null => {
  const backend = nativeBackend();
  return backend === null ? null : backend.executeSingleOutput("SoftplusGrad", [floats(backend)], [slope, a]);
};

/** The Euclidean norm along the last axis, which is kept with size 1; null on other backends. */
export const normOfChannels = (a: tf.Tensor): tf.Tensor | null => {
  const backend = nativeBackend();
  if (backend === null) return null;
  const { binding } = backend;
  const attributes = [
    floats(backend),
    { name: "Tidx", type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
    { name: "keep_dims", type: binding.TF_ATTR_BOOL, value: true },
  ];
  return backend.executeSingleOutput("EuclideanNorm", attributes, [a, tf.tensor1d([a.rank - 1], "int32")]);
};

/** dy if a > 0, else slope * dy; null on other backends. */
export const leakySlope = (dy: tf.Tensor, a: tf.Tensor, slope: number): tf.Tensor | null => {
  const backend = nativeBackend();
  if (backend === null) return null;
  const alpha = { name: "alpha", type: backend.binding.TF_ATTR_FLOAT, value: slope };
  return backend.executeSingleOutput("LeakyReluGrad", [floats(backend), alpha], [dy, a]);
};
