/** What a network makes of small pictures, as it is validated. */
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
import type { Enlarger } from "./task.ts";

export interface EnlargerOptions<T> {
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  readonly seed: number;
  /** One step from z_T, as a student takes, or all of the schedule's. */
  readonly steps: "one" | "all";
  readonly latents: LatentMaker<T>;
  readonly target: OpenTarget<T> | null;
}

/** Training steps are counted from 1, so that this noise is none of theirs. */
const BEFORE_ALL_STEPS = 0;

export const openEnlarger = <T>(
  engine: Engine<T>,
  { network, schedule, seed, steps, latents, target }: EnlargerOptions<T>,
): Enlarger<T> => {
  const { algebra } = engine;
  return {
    enlarge: (weights, pictures, samples) => {
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
    target: target && ((pictures, samples) => target.enlarge(latents.of(pictures, samples).small)),
  };
};
