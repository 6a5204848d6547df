/** The linear layer: a product of matrices, linear in both arguments. */
import { elements } from "@tadsr/core";
import * as fc from "fast-check";
import { none } from "../convolutions.ts";
import { definition, equation } from "../equation.ts";
import { type Input, imageShapes, input, inputFrom, tensorOf, upTo } from "../inputs.ts";
import type { Law } from "../law.ts";

const layers = fc.tuple(upTo(3), upTo(6), upTo(5)).chain(([n, i, o]) => {
  const matrix = tensorOf("matrix", [n, i]);
  const weight = tensorOf("matrix", [o, i]);
  return fc.record({
    matrices: fc.tuple(matrix, matrix),
    weights: fc.tuple(weight, weight),
    bias: tensorOf("vector", [o]),
  });
});

/** A matrix [o, i] as the kernel [o, i, 1, 1]. */
const kernelOf = ({ shape, data }: Input): Input => input("convolution", [...shape, 1, 1], data);

export const linearLaws: readonly Law[] = [
  definition({
    name: "linear is the matrix product with the transposed weight",
    statement: "linear(a, w, b)[n, o] = sum_i a[n, i] w[o, i] + b[o]",
    operations: ["linear"],
    inputs: layers,
    tensors: ({ matrices: [a], weights: [w], bias }) => [a, w, bias],
    program: () => (A, a, w, bias) => A.linear(a, w, bias),
    expected: ({ matrices: [a], weights: [w], bias }) => {
      const [n, i] = a.shape as [number, number];
      const o = elements(bias.shape);
      return inputFrom("matrix", [n, o], (index) => {
        const [row, out] = [Math.floor(index / o), index % o];
        let sum = bias.data[out] as number;
        for (let k = 0; k < i; k++) sum += (a.data[row * i + k] as number) * (w.data[out * i + k] as number);
        return sum;
      });
    },
  }),
  equation({
    name: "linear is linear in the matrix",
    statement: "linear(a + b, w) = linear(a, w) + linear(b, w)",
    operations: ["linear", "add"],
    inputs: layers,
    tensors: ({ matrices: [a, b], weights: [w] }) => [a, b, w],
    kind: () => "matrix",
    left: () => (A, a, b, w) => A.linear(A.add(a, b), w, null),
    right: () => (A, a, b, w) => A.add(A.linear(a, w, null), A.linear(b, w, null)),
  }),
  equation({
    name: "linear is linear in the weight",
    statement: "linear(a, v + w) = linear(a, v) + linear(a, w)",
    operations: ["linear", "add"],
    inputs: layers,
    tensors: ({ matrices: [a], weights: [v, w] }) => [a, v, w],
    kind: () => "matrix",
    left: () => (A, a, v, w) => A.linear(a, A.add(v, w), null),
    right: () => (A, a, v, w) => A.add(A.linear(a, v, null), A.linear(a, w, null)),
  }),
  equation({
    name: "linear on an image is a convolution of one pixel",
    statement: "linear(a, w, b) = conv2d(a, w as a 1x1 kernel, b)",
    operations: ["linear", "conv2d"],
    inputs: fc.tuple(imageShapes(), upTo(4)).chain(([shape, o]) =>
      fc.record({
        image: tensorOf("image", shape),
        weight: tensorOf("matrix", [o, shape[3]]),
        bias: tensorOf("vector", [o]),
      }),
    ),
    tensors: ({ image, weight, bias }) => [image, weight, kernelOf(weight), bias],
    kind: () => "image",
    left: () => (A, a, w, _kernel, b) => A.linear(a, w, b),
    right: () => (A, a, _w, kernel, b) => A.conv2d(a, kernel, b, { stride: 1, padding: none }),
  }),
];
