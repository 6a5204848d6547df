/**
 * The layers of networks. Each has its parameters as data beside a function of the algebra, so that names and shapes
 * can be checked before a tensor is read, and are written down only once.
 */
import type { Algebra, GroupNormOptions, Padding, Tensors } from "@tadsr/core";
import { type ParameterSpec, parameter } from "./parameters.ts";

export interface Layer {
  readonly parameters: readonly ParameterSpec[];
  run<T>(algebra: Algebra<T>, weights: Tensors<T>, input: T): T;
}

/** Padding that keeps the image's size, for a kernel of odd size with stride 1. */
export const around = (pixels: number): Padding => ({
  top: pixels,
  bottom: pixels,
  left: pixels,
  right: pixels,
});

interface ConvolutionShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: Padding;
  readonly initial?: ParameterSpec["initial"];
}

/** `name.weight` [outputs, inputs, kernel, kernel] and `name.bias` [outputs]. */
export const convolution = (name: string, shape: ConvolutionShape): Layer => {
  const { inputs, outputs, kernel, stride = 1, initial = "fan-in" } = shape;
  const options = { stride, padding: shape.padding ?? around((kernel - 1) / 2) };
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [
      { name: weight, kind: "convolution", shape: [outputs, inputs, kernel, kernel], initial },
      { name: bias, kind: "vector", shape: [outputs], initial: "zeros" },
    ],
    run: (algebra, weights, input) =>
      algebra.conv2d(input, parameter(weights, weight), parameter(weights, bias), options),
  };
};

/** `name.weight` [outputs, inputs] and `name.bias` [outputs], applied to a matrix [batch, inputs] or at every pixel. */
export const dense = (
  name: string,
  { inputs, outputs, initial = "fan-in" }: Omit<ConvolutionShape, "kernel">,
): Layer => {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [
      { name: weight, kind: "matrix", shape: [outputs, inputs], initial },
      { name: bias, kind: "vector", shape: [outputs], initial: "zeros" },
    ],
    run: (algebra, weights, input) =>
      algebra.linear(input, parameter(weights, weight), parameter(weights, bias)),
  };
};

/** `name.weight` [channels] and `name.bias` [channels]: group normalisation of an image. */
export const groupNormalization = (name: string, channels: number, options: GroupNormOptions): Layer => {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [
      { name: weight, kind: "vector", shape: [channels], initial: "ones" },
      { name: bias, kind: "vector", shape: [channels], initial: "zeros" },
    ],
    run: (algebra, weights, input) =>
      algebra.groupNorm(input, parameter(weights, weight), parameter(weights, bias), options),
  };
};
