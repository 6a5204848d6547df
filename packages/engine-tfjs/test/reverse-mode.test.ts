import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { tfjsEngine } from "../src/index.ts";

const engine = tfjsEngine({ name: "cpu", backend: "cpu", epsilon: 1e-6 });
const { algebra } = engine;

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const numbersOf = async (tensor: tf.Tensor | undefined): Promise<readonly number[]> =>
  tensor === undefined ? [] : [...(await tensor.data())];

/** d mean(f(a)) / da at (1, 2, 3, 4). */
const slopeOf = async (f: (a: tf.Tensor) => tf.Tensor): Promise<readonly number[]> => {
  const a = tf.tensor1d([1, 2, 3, 4]);
  const result = engine.differentiate?.({ a }, ({ a: own }) => ({
    loss: algebra.mean(f(own as tf.Tensor)),
    parts: {},
  }));
  return numbersOf(result?.gradients.a);
};

describe("the backward pass that releases as it goes", () => {
  it("adds up slopes that come by several ways, one of them the tensor itself", async () => {
    expect(await slopeOf((a) => algebra.add(a, a))).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(await slopeOf((a) => algebra.add(algebra.square(a), algebra.add(a, a)))).toEqual([1, 1.5, 2, 2.5]);
    expect(await slopeOf((a) => algebra.multiply(a, algebra.multiply(a, a)))).toEqual([0.75, 3, 6.75, 12]);
  });

  it("keeps a slope that an operation passes unchanged to two inputs", async () => {
    const both = tf.customGrad((...args) => ({
      value: tf.add(args[0] as tf.Tensor, args[1] as tf.Tensor),
      gradFunc: (dy) => [dy, dy] as unknown as tf.Tensor,
    }));
    expect(await slopeOf((a) => both(algebra.scale(a, 2), algebra.scale(a, 3)))).toEqual([
      1.25, 1.25, 1.25, 1.25,
    ]);
  });

  it("does not compute the slope of an image that nothing asks for", async () => {
    const image = tf.ones([1, 4, 4, 2]);
    const weights = { filter: tf.ones([3, 3, 2, 3]), bias: tf.zeros([3]) };
    const around = { stride: 1, padding: { top: 1, bottom: 1, left: 1, right: 1 } };
    const { kernels } = await tf.profile(() => {
      const done = engine.differentiate?.(weights, ({ filter, bias }) => ({
        loss: algebra.mean(algebra.conv2d(image, filter as tf.Tensor, bias as tf.Tensor, around)),
        parts: {},
      }));
      return done?.loss as tf.Tensor;
    });
    const names = kernels.map(({ name }) => name);
    expect(names).toContain("Conv2DBackpropFilter");
    expect(names).not.toContain("Conv2DBackpropInput");
  });

  it("leaves no recording behind if the objective throws", () => {
    const before = engine.liveTensors();
    const a = tf.tensor1d([1, 2]);
    const failing = () =>
      engine.differentiate?.({ a }, ({ a: own }) => {
        algebra.silu(own as tf.Tensor);
        throw new Error("no loss");
      });
    expect(failing).toThrow("no loss");
    expect(engine.liveTensors()).toBe(before + 1);
  });
});
