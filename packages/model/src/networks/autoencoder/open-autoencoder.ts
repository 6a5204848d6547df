/** The VQ autoencoder on an engine, as the latent between pictures and the diffusion. */
import type { Engine, Tensors } from "@tadsr/core";
import type { Layer } from "../../layers.ts";
import { type Lifetimes, lifetimesOfLayer, releasingAlgebra } from "../../lifetimes.ts";
import { type HostWeights, uploadWeights } from "../../weights.ts";
import type { VqAutoencoder } from "./autoencoder.ts";

export interface DecodeOptions {
  /** Quantises z first, as the paper does. True unless given. */
  readonly quantised?: boolean;
}

/** The caller releases results. Inputs are not released. */
export interface OpenAutoencoder<T> {
  readonly factor: number;
  readonly latentChannels: number;
  /** A picture [n, h, w, channels] in [-1, 1] to z, not quantised; h and w are multiples of the factor. */
  encode(picture: T): T;
  /** z [n, h, w, latent channels] to a picture [n, h factor, w factor, channels]. */
  decode(z: T, options?: DecodeOptions): T;
  /** Releases the weights; the autoencoder is not used afterwards. */
  close(): void;
}

/** The same with weights that are on the engine already, by their names. `close` releases them too. */
export const runAutoencoder = <T>(
  engine: Engine<T>,
  autoencoder: VqAutoencoder,
  uploaded: Tensors<T>,
): OpenAutoencoder<T> => {
  const { encoder, quantiser, decoder, factor, latentChannels } = autoencoder;
  const frugal = (layer: Layer): ((input: T) => T) => {
    const lifetimes: Lifetimes = lifetimesOfLayer(layer);
    return (input) => engine.scope(() => layer.run(releasingAlgebra(engine, lifetimes), uploaded, input));
  };
  const [encode, quantise, reconstruct] = [frugal(encoder), frugal(quantiser), frugal(decoder)];
  return {
    factor,
    latentChannels,
    encode,
    decode: (z, { quantised = true } = {}) =>
      quantised ? engine.scope(() => reconstruct(quantise(z))) : reconstruct(z),
    close: () => engine.release(Object.values(uploaded)),
  };
};

/**
 * Puts the weights on the engine; they must be the autoencoder's (`checkWeights`). The engine stays the caller's.
 * Intermediates are released after their last use. Throws what the engine throws.
 */
export const openAutoencoder = <T>(
  engine: Engine<T>,
  autoencoder: VqAutoencoder,
  weights: HostWeights,
): OpenAutoencoder<T> =>
  runAutoencoder(engine, autoencoder, uploadWeights(engine, autoencoder.parameters, weights));
