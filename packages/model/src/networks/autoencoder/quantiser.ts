/** The vector quantiser replaces every pixel of the latent by the nearest entry of a codebook. */
import type { Algebra, Pointwise, Tensors } from "@tadsr/core";
import type { Layer } from "../../layers.ts";
import { parameter } from "../../parameters.ts";
import type { VqAutoencoderConfig } from "./config.ts";

/** `run` gives the nearest entries: z [n, h, w, latent channels] -> the same shape. No gradient reaches z. */
export interface VqQuantiser extends Layer {
  /** The index of the nearest entry by squared distance, the first of equal ones: [n, h, w, 1]. */
  indices<T>(algebra: Algebra<T>, weights: Tensors<T>, z: T): T;
  /** The entries for indices [n, h, w, 1]: [n, h, w, latent channels]. */
  entries<T>(algebra: Algebra<T>, weights: Tensors<T>, indices: T): T;
}

const CODEBOOK = "quantize.embedding.weight";

export const vqQuantiser = ({ codebookSize, latentChannels }: VqAutoencoderConfig): VqQuantiser => ({
  parameters: [{ name: CODEBOOK, kind: "matrix", shape: [codebookSize, latentChannels], initial: "fan-in" }],
  indices: (algebra, weights, z) => algebra.nearestIndices(z, parameter(weights, CODEBOOK)),
  entries: (algebra, weights, indices) => algebra.takeRows(indices, parameter(weights, CODEBOOK)),
  run: (algebra, weights, z) => {
    const codebook = parameter(weights, CODEBOOK);
    return algebra.takeRows(algebra.nearestIndices(z, codebook), codebook);
  },
});

/**
 * The quantised latent for training: its value is `quantised`, and the gradient passes to z as if nothing had been
 * quantised. The codebook gets no gradient from it. Two terms of the loss do the rest: the mean of
 * (quantised - stop z)^2 draws the codebook to z, and that of (stop quantised - z)^2 keeps z near the codebook.
 */
export const straightThrough =
  <T>(algebra: Pointwise<T>) =>
  (z: T, quantised: T): T =>
    algebra.add(z, algebra.stopGradient(algebra.subtract(quantised, z)));
