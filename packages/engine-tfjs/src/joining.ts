/** Named tensors as one vector, each in its physical layout. */
import { isSameShape, type Joining, shapeText, type Tensors } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";

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
            if (own === undefined || !isSameShape(own.shape, shape)) {
              const found = own === undefined ? "no tensor" : shapeText(own.shape);
              throw new Error(`join ${name}: found ${found}, expected ${shapeText(shape)}`);
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
