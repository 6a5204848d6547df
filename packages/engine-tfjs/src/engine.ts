/** An engine on one TensorFlow.js backend. */
import "@tensorflow/tfjs"; // registers the gradients: tfjs-core alone has none in Node
import type { Algebra, Engine, NdArray, TensorKind } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { tfjsAlgebra } from "./algebra.ts";
import { registerBiasedConvolution } from "./biased-convolution.ts";
import { differentiate } from "./gradients.ts";
import { joining } from "./joining.ts";
import { fromSequence, toSequence } from "./sequence.ts";

export interface TfjsOptions extends Pick<Engine<tf.Tensor>, "memory" | "isSlow"> {
  /** The engine's name in reports. */
  readonly name: string;
  /** A backend that is registered and initialised (`tf.setBackend` has resolved for it). */
  readonly backend: string;
  /** The relative error to expect of one operation. */
  readonly epsilon: number;
}

const toDevice = (kind: TensorKind, { shape, data }: NdArray): tf.Tensor => {
  // A copy, since TensorFlow.js would keep the caller's own buffer.
  const tensor = tf.tensor(Float32Array.from(data), [...shape], "float32");
  if (kind !== "convolution" && kind !== "depthwise" && kind !== "sequence") return tensor;
  const physical = tf.tidy(() => {
    if (kind === "convolution") return tf.transpose(tensor, [2, 3, 1, 0]);
    return kind === "depthwise" ? tf.transpose(tensor, [2, 3, 0, 1]) : toSequence(tensor);
  });
  tensor.dispose();
  return physical;
};

const toLogical = (kind: TensorKind, tensor: tf.Tensor): tf.Tensor => {
  if (kind === "convolution") return tf.transpose(tensor, [3, 2, 0, 1]);
  if (kind === "depthwise") return tf.transpose(tensor, [2, 3, 0, 1]);
  if (kind === "sequence") return tf.tidy(() => fromSequence(tensor));
  return tensor.clone();
};

/**
 * TensorFlow.js has one active backend for the process. Every operation first makes this engine's backend the active
 * one.
 */
const boundTo = (activate: () => void): Algebra<tf.Tensor> => {
  const bind =
    <Arguments extends readonly unknown[], Result>(operation: (...args: Arguments) => Result) =>
    (...args: Arguments): Result => {
      activate();
      return operation(...args);
    };
  const bound = Object.entries(tfjsAlgebra).map(([name, operation]) => [
    name,
    bind(operation as (...args: readonly unknown[]) => unknown),
  ]);
  return Object.fromEntries(bound) as unknown as Algebra<tf.Tensor>;
};

/** The algebra, gradients and memory of one backend. Do not mix tensors of two engines. */
export const tfjsEngine = ({ name, backend, epsilon, ...rest }: TfjsOptions): Engine<tf.Tensor> => {
  const activate = (): void => {
    if (tf.getBackend() !== backend) void tf.setBackend(backend); // takes effect at once when initialised
  };
  registerBiasedConvolution(backend);
  return {
    ...rest,
    name,
    epsilon,
    algebra: boundTo(activate),
    upload: (kind, array) => {
      activate();
      return toDevice(kind, array);
    },
    download: async (kind, tensor) => {
      activate();
      const logical = toLogical(kind, tensor);
      try {
        // A copy, since the backend may return its own buffer.
        return { shape: [...logical.shape], data: Float32Array.from(await logical.data()) };
      } finally {
        logical.dispose();
      }
    },
    scope: (work) => {
      activate();
      return tf.tidy(work as () => tf.TensorContainer) as ReturnType<typeof work>;
    },
    release: (tensors) => tf.dispose([...tensors]),
    // `tf.memory` would ask for a backend, and after `close` there may be none.
    liveTensors: () => tf.engine().state.numTensors,
    joining: (example) => {
      const { join, part } = joining(example);
      return {
        join: (tensors) => {
          activate();
          return join(tensors);
        },
        part: (vector) => {
          activate();
          return part(vector);
        },
      };
    },
    differentiate: (parameters, objective) => {
      activate();
      return differentiate(parameters, objective);
    },
    close: async () => {},
  };
};
