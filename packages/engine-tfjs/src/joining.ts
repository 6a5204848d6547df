/** Named tensors as one vector, each in its physical layout. */
import type { Joining, Tensors } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

/** Joins in the order of the example's names. Throws if a tensor is missing or has another shape. */
export const joining = (example: Tensors<tf.Tensor>): Joining<tf.Tensor> => {
  const members = Object.entries(example).map(([name, { shape, size }]) => ({ name, shape, size }));
  const sizes = members.map(({ size }) => size);
  return {
    join: (tensors) =>
      tf.tidy(() =>
        tf.concat1d(
          members.map(({ name, shape, size }) => {
            const own = tensors[name];
            if (own === undefined || !sameShape(own.shape, shape)) {
              const found = own === undefined ? "no tensor" : `[${own.shape.join(", ")}]`;
              throw new Error(`join ${name}: found ${found}, expected [${shape.join(", ")}]`);
            }
            return tf.reshape(own, [size]) as tf.Tensor1D;
          }),
        ),
      ),
    part: (vector) =>
      tf.tidy(() => {
        const parts = tf.split(vector, sizes);
        return Object.fromEntries(
          members.map(({ name, shape }, i) => [name, tf.reshape(parts[i] as tf.Tensor, shape)]),
        );
      }),
  };
};
