import type { Engine } from "@tadsr/core";
import { type HostWeights, uploadWeights } from "@tadsr/model";
import { LATENT_FACTOR, type Latents } from "./latents.ts";
import { perceptualDistance, perceptualFeatures, perceptualParameters } from "./perceptual.ts";

export interface PerceptualTerm<T> {
  /** The distance of a predicted latent's picture from the original, as a function of the prediction. */
  against(latents: Latents<T>): (z_0: T) => T;
  readonly frozen: readonly T[];
}

/** Uploads the feature network; the original's features are computed outside what is differentiated. */
export const openPerceptualTerm = <T>(engine: Engine<T>, weights: HostWeights): PerceptualTerm<T> => {
  const uploaded = uploadWeights(engine, perceptualParameters, weights);
  const features = perceptualFeatures(engine.algebra, uploaded);
  return {
    against: ({ pictures }) => {
      const original = engine.scope(() => features(pictures));
      return (z_0) =>
        perceptualDistance(engine.algebra)(
          features(engine.algebra.depthToSpace(z_0, LATENT_FACTOR)),
          original,
        );
    },
    frozen: Object.values(uploaded),
  };
};
