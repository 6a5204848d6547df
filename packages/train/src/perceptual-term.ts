import type { Engine } from "@tadsr/core";
import {
  EFFICIENTNET_PHASES,
  efficientNetFeatures,
  efficientNetParameters,
  featureDistance,
  type HostWeights,
  uploadWeights,
} from "@tadsr/model";
import { LATENT_FACTOR, type Latents, originalsOf } from "./latents.ts";
import { uniforms } from "./streams.ts";

export interface PerceptualTerm<T> {
  /**
   * The distance of a predicted latent's picture from the original, as a function of the prediction. The grid of the
   * feature network is shifted by a phase that is drawn for the step.
   */
  against(latents: Latents<T>, seed: number, step: number): (z_0: T) => T;
  readonly frozen: readonly T[];
}

/** The term if its weight is 0. It computes nothing, and calling it is a defect. */
const absent = <T>(): PerceptualTerm<T> => ({
  against: () => () => {
    throw new Error("the perceptual term has a weight but no feature network");
  },
  frozen: [],
});

/**
 * Uploads the feature network if the term has a weight. The original's features are computed outside of what is
 * differentiated.
 */
export const openPerceptualTerm = <T>(
  engine: Engine<T>,
  weight: number,
  weights: HostWeights | null,
): PerceptualTerm<T> => {
  if (weight === 0 || weights === null) return absent();
  const { algebra } = engine;
  const uploaded = uploadWeights(engine, efficientNetParameters, weights);
  const features = efficientNetFeatures(algebra, uploaded);
  return {
    against: (latents, seed, step) => {
      const { pictures } = originalsOf(latents);
      const [y = 0, x = 0] = uniforms(seed, "phase", step, 2).map((u) => Math.floor(u * EFFICIENTNET_PHASES));
      const phase = { y, x };
      const original = engine.scope(() => features(pictures, phase));
      return (z_0) =>
        featureDistance(algebra)(features(algebra.depthToSpace(z_0, LATENT_FACTOR), phase), original);
    },
    frozen: Object.values(uploaded),
  };
};
