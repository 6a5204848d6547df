import type { Engine } from "@tadsr/core";
import { type HostWeights, uploadWeights } from "@tadsr/model";
import { LATENT_FACTOR, type Latents } from "./latents.ts";
import { perceptualDistance, perceptualFeatures, perceptualParameters } from "./perceptual.ts";

export interface PerceptualTerm<T> {
  /** The distance of a predicted latent's picture from the original, as a function of the prediction. */
  against(latents: Latents<T>): (z_0: T) => T;
  readonly frozen: readonly T[];
}

/** What stands for the term where its weight is 0: nothing is computed, and asking for it is a defect. */
const absent = <T>(): PerceptualTerm<T> => ({
  against: () => () => {
    throw new Error("the perceptual term has a weight but no feature network");
  },
  frozen: [],
});

/**
 * Uploads the feature network where the term has a weight. The original's features are computed outside
 * what is differentiated.
 */
export const openPerceptualTerm = <T>(
  engine: Engine<T>,
  weight: number,
  weights: HostWeights | null,
): PerceptualTerm<T> => {
  if (weight === 0 || weights === null) return absent();
  const { algebra } = engine;
  const uploaded = uploadWeights(engine, perceptualParameters, weights);
  const features = perceptualFeatures(algebra, uploaded);
  return {
    against: ({ pictures }) => {
      const original = engine.scope(() => features(pictures));
      return (z_0) =>
        perceptualDistance(algebra)(features(algebra.depthToSpace(z_0, LATENT_FACTOR)), original);
    },
    frozen: Object.values(uploaded),
  };
};
