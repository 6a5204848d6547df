/** Reverse-mode gradients with TensorFlow.js's tape. */
import type { Differentiate, Tensors } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { reverseMode } from "./reverse-mode.ts";

const mapTensors = (tensors: Tensors<tf.Tensor>, f: (t: tf.Tensor) => tf.Tensor): Tensors<tf.Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor)]));

/** tf.tidy for records that hold nulls beside tensors. */
const scoped = <A>(work: () => A): A => tf.tidy(work as () => tf.TensorContainer) as A;

/**
 * Parameters that the objective does not use get zeros. The loss's parts are computed inside the tape's own scope, so
 * they are kept beyond it and given to the caller's scope as clones.
 */
export const differentiate: Differentiate<tf.Tensor> = (parameters, objective) => {
  const names = Object.keys(parameters);
  const inputs = Object.values(parameters);
  let kept: Tensors<tf.Tensor> = {};
  const { value, gradients: slopes } = scoped(() =>
    reverseMode(inputs, () => {
      const { loss, parts } = objective(parameters);
      kept = mapTensors(parts, (part) => tf.keep(part.clone()));
      return tf.reshape(loss, []);
    }),
  );
  const parts = mapTensors(kept, (part) => part.clone());
  tf.dispose(Object.values(kept));
  const gradients = Object.fromEntries(
    names.map((name, i) => [name, slopes[i] ?? tf.zerosLike(inputs[i] as tf.Tensor)]),
  );
  return { loss: value, parts, gradients };
};
