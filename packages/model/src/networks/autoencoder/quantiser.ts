/** The vector quantiser: every pixel of the latent becomes the nearest entry of a codebook. */
import type { Algebra, Pointwise, Tensors } from "@tadsr/core";
import type { Layer } from "../../layers.ts";
import { parameter } from "../../parameters.ts";
import type { VqAutoencoderConfig } from "./config.ts";

/** `run` gives the nearest entries: z [n, h, w, latent channels] -> the same shape. No gradient reaches z. */
export interface VqQuantiser extends Layer {
  /** Which entry is nearest by squared distance, the first of equals: [n, h, w, 1]. */
  indices<T>(algebra: Algebra<T>, weights: Tensors<T>, z: T): T;
  /** The entries that indices [n, h, w, 1] name: [n, h, w, latent channels]. */
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
 * The quantised latent as training wants it: the value is `quantised`, the gradient passes to z as if
 * nothing had been quantised. The codebook gets none of it; what draws it to z is a term of the loss, the
 * mean of (quantised - stop z)^2, as that of (stop quantised - z)^2 keeps z near the codebook.
 */
export const straightThrough =
  <T>(algebra: Pointwise<T>) =>
  (z: T, quantised: T): T =>
    algebra.add(z, algebra.stopGradient(algebra.subtract(quantised, z)));
