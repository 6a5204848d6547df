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
import { latentsOf } from "./latents.ts";
import { weightedSum } from "./objective-terms.ts";
import { openPerceptualTerm } from "./perceptual-term.ts";
import { normals, uniforms } from "./streams.ts";
import type { OpenTask, Task } from "./task.ts";

export interface TeacherOptions {
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly batch: number;
  /** Weight of the perceptual term; 0 leaves it out. */
  readonly perceptual: number;
  /** Needed where `perceptual` is above 0. */
  readonly perceptualWeights: HostWeights | null;
}

export const teacherTask = (options: TeacherOptions): Task => ({
  name: "teacher",
  adversary: null,
  open: <T>(engine: Engine<T>): OpenTask<T> => {
    const { network, schedule, seed, batch } = options;
    const { algebra } = engine;
    const perceptual = openPerceptualTerm(engine, options.perceptual, options.perceptualWeights);
    return {
      frozen: perceptual.frozen,
      prepare: (pictures) => {
        const { step } = pictures;
        const latents = latentsOf(engine, pictures, batch);
        const { z_0, z_y, shape } = latents;
        const epsilon = engine.upload("image", normals(seed, "noise", step, shape));
        const t = uniforms(seed, "time", step, batch).map(denoisingTime(schedule.T));
        const z_t = forwardProcess(algebra, schedule)(z_0, z_y, epsilon, t);
        const distance = perceptual.against(latents, seed, step);
        const objective = (weights: Tensors<T>): Objective<T> => {
          const predict = predictor(engine, network, weights, z_y, batch);
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
        return { duel: null, objective: () => objective };
      },
    };
  },
});
