/**
 * A convolution over an image's pixels as a sequence. Its weight is divided by its largest singular value, as in
 * PyTorch's spectral_norm. The vectors u and v, which find that value, are state beside the learned weights.
 */
import type { Algebra, Tensors } from "@tadsr/core";
import { type ParameterSpec, parameter } from "../parameters.ts";

export interface SpectralConvolution {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  run<T>(algebra: Algebra<T>, weights: Tensors<T>, state: Tensors<T>, image: T): T;
  /** New values of v (from W^T u) and then u (from W v), by name. No gradient passes. */
  powerIteration<T>(algebra: Algebra<T>, weights: Tensors<T>, state: Tensors<T>): Tensors<T>;
}

/** `name.bias`, `name.weight_orig` [outputs, inputs, span]; `name.weight_u`, `name.weight_v`. */
export const spectralConvolution = (
  name: string,
  { inputs, outputs, span }: { readonly inputs: number; readonly outputs: number; readonly span: number },
): SpectralConvolution => {
  const [bias, weight, u, v] = ["bias", "weight_orig", "weight_u", "weight_v"].map(
    (part) => `${name}.${part}`,
  ) as [string, string, string, string];
  return {
    parameters: [
      // Not 0: a head whose first input is 0 (its feature layer starts at zero) would have no slope.
      { name: bias, kind: "vector", shape: [outputs], initial: "small" },
      { name: weight, kind: "sequence", shape: [outputs, inputs, span], initial: "fan-in" },
    ],
    // Their first lengths do not matter: an iteration before the first pass normalises them.
    state: [
      { name: u, kind: "vector", shape: [outputs], initial: "fan-in" },
      { name: v, kind: "vector", shape: [inputs * span], initial: "fan-in" },
    ],
    run: (algebra, weights, state, image) =>
      algebra.sequenceConvolution(
        image,
        algebra.spectralNormalize(parameter(weights, weight), parameter(state, u), parameter(state, v)),
        parameter(weights, bias),
      ),
    powerIteration: (algebra, weights, state) => {
      const W = parameter(weights, weight);
      const right = algebra.rightSingular(W, parameter(state, u));
      return { [u]: algebra.leftSingular(W, right), [v]: right };
    },
  };
};
