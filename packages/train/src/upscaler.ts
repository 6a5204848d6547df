/** How a network upscales small pictures in validation. */
import {
  deterministicSampler,
  type Engine,
  predictClean,
  runSampler,
  type Schedule,
  startOfSampling,
} from "@tadsr/core";
import { type ConditionedNetwork, predictor } from "@tadsr/model";
import { LATENT_FACTOR, type LatentMaker } from "./latents.ts";
import { normals } from "./streams.ts";
import type { OpenTarget } from "./target.ts";
import type { Upscaler } from "./task.ts";

export interface UpscalerOptions<T> {
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  readonly seed: number;
  /** One step from z_T, as for a student, or all steps of the schedule. */
  readonly steps: "one" | "all";
  readonly latents: LatentMaker<T>;
  readonly target: OpenTarget<T> | null;
}

/** Training steps are counted from 1, so no training step has this noise. */
const BEFORE_ALL_STEPS = 0;

export const openUpscaler = <T>(
  engine: Engine<T>,
  { network, schedule, seed, steps, latents, target }: UpscalerOptions<T>,
): Upscaler<T> => {
  const { algebra } = engine;
  return {
    upscale: (weights, pictures, samples) => {
      const { z_y, condition, shape } = latents.of(pictures, samples);
      const noise = engine.upload("image", normals(seed, "noise", BEFORE_ALL_STEPS, shape));
      const z_T = startOfSampling(algebra, schedule)(z_y, noise);
      const predict = predictor(engine, network, weights, condition, samples);
      const z_0 =
        steps === "one"
          ? predictClean(algebra, schedule)(predict, z_T, schedule.T)
          : runSampler(deterministicSampler(algebra, schedule)(predict, z_T, z_y));
      return algebra.depthToSpace(z_0, LATENT_FACTOR);
    },
    target: target && ((pictures, samples) => target.upscale(latents.of(pictures, samples).small)),
  };
};
