/** The VQ autoencoder of the paper's latents (ResShift, ldm/models/autoencoder.py): encoder, quantiser and decoder. */
import type { Algebra, Tensors } from "@tadsr/core";
import type { Layer } from "../../layers.ts";
import type { ParameterSpec } from "../../parameters.ts";
import { downsamplingFactor, type VqAutoencoderConfig } from "./config.ts";
import { vqDecoder } from "./decoder.ts";
import { vqEncoder } from "./encoder.ts";
import { type VqQuantiser, vqQuantiser } from "./quantiser.ts";

export interface VqAutoencoder {
  /** The parameters of the three parts: all that is in the authors' files. */
  readonly parameters: readonly ParameterSpec[];
  /** The latent is this many times smaller than the picture, whose sides are multiples of it. */
  readonly factor: number;
  readonly latentChannels: number;
  /** Picture to z, not yet quantised. */
  readonly encoder: Layer;
  readonly quantiser: VqQuantiser;
  /** Latent to picture, without quantising. */
  readonly decoder: Layer;
  /** Latent to picture as the authors decode: z is quantised first. */
  decode<T>(algebra: Algebra<T>, weights: Tensors<T>, z: T): T;
}

export const vqAutoencoder = (config: VqAutoencoderConfig): VqAutoencoder => {
  const [encoder, quantiser, decoder] = [vqEncoder(config), vqQuantiser(config), vqDecoder(config)];
  return {
    parameters: [encoder, quantiser, decoder].flatMap((part) => part.parameters),
    factor: downsamplingFactor(config),
    latentChannels: config.latentChannels,
    encoder,
    quantiser,
    decoder,
    decode: (algebra, weights, z) => decoder.run(algebra, weights, quantiser.run(algebra, weights, z)),
  };
};
