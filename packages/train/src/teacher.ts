/** The teacher's objective: Eq 4 without its weight, as in practice, and optionally a perceptual term. */
import {
  denoisingLoss,
  denoisingTime,
  type Engine,
  forwardProcess,
  type Objective,
  predictClean,
  type Schedule,
  type Tensors,
} from "@tadsr/core";
import { type ConditionedNetwork, type HostWeights, predictor } from "@tadsr/model";
import { LATENT_FACTOR, openLatents, originalsOf } from "./latents.ts";
import { weightedSum } from "./objective-terms.ts";
import { openPerceptualTerm } from "./perceptual-term.ts";
import { normals, uniforms } from "./streams.ts";
import { openTarget, type Target } from "./target.ts";
import type { OpenTask, Task } from "./task.ts";
import { openUpscaler } from "./upscaler.ts";

export interface TeacherOptions {
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly batch: number;
  /** The weight of the perceptual term; 0 leaves it out. */
  readonly perceptual: number;
  /** Needed if `perceptual` is above 0. */
  readonly perceptualWeights: HostWeights | null;
  /** The network whose picture of the small picture gives z_0; null: the photograph's latent is z_0. */
  readonly target: Target | null;
}

export const teacherTask = (options: TeacherOptions): Task => ({
  name: "teacher",
  discriminator: null,
  open: <T>(engine: Engine<T>): OpenTask<T> => {
    const { network, schedule, seed, batch } = options;
    const { algebra } = engine;
    const perceptual = openPerceptualTerm(engine, options.perceptual, options.perceptualWeights);
    const target = options.target === null ? null : openTarget(engine, options.target);
    const latentMaker = openLatents(engine, network);
    return {
      upscaler: openUpscaler(engine, { network, schedule, seed, steps: "all", latents: latentMaker, target }),
      frozen: [target, perceptual, latentMaker].flatMap((part) => part?.frozen ?? []),
      prepare: (pictures) => {
        const { step } = pictures;
        const latents = latentMaker.of(pictures, batch);
        const { z_y, condition, shape, small } = latents;
        const z_0 =
          target === null
            ? originalsOf(latents).z_0
            : algebra.spaceToDepth(
                engine.scope(() => target.upscale(small)),
                LATENT_FACTOR,
              );
        const epsilon = engine.upload("image", normals(seed, "noise", step, shape));
        const t = uniforms(seed, "time", step, batch).map(denoisingTime(schedule.T));
        const z_t = forwardProcess(algebra, schedule)(z_0, z_y, epsilon, t);
        const distance = perceptual.against(latents, seed, step);
        const objective = (weights: Tensors<T>): Objective<T> => {
          const predict = predictor(engine, network, weights, condition, batch);
          const z_0_predicted = predictClean(algebra, schedule)(predict, z_t, t);
          return weightedSum(algebra, [
            {
              name: "denoising",
              weight: 1,
              value: () => denoisingLoss(algebra, schedule)(z_0_predicted, z_0, t),
            },
            { name: "perceptual", weight: options.perceptual, value: () => distance(z_0_predicted) },
          ]);
        };
        return { discriminatorSide: null, objective: () => objective };
      },
    };
  },
});
