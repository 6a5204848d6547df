/**
 * The student's objective, Eq 13 as far as its first two terms: Eq 6 against the teacher's deterministic
 * sample, and Eq 8 (HSD). Optional terms against the original picture stand beside them, which are not the
 * paper's: a perceptual distance, the mean absolute error, and the energy of a grid.
 */
import {
  deterministicSampler,
  distillationLoss,
  type Engine,
  highFrequencyScoreDistillation,
  predictClean,
  type Reading,
  runSampler,
  type Schedule,
  scoreTime,
  startOfSampling,
} from "@tadsr/core";
import { type ConditionedNetwork, type HostWeights, predictor, uploadWeights } from "@tadsr/model";
import { openGridTerm } from "./grid-term.ts";
import { latentsOf } from "./latents.ts";
import { type Term, weightedSum } from "./objective-terms.ts";
import { openPerceptualTerm } from "./perceptual-term.ts";
import { normals, perturbations, uniforms } from "./streams.ts";
import type { OpenTask, Task } from "./task.ts";

export interface StudentWeights {
  /** Eq 6. */
  readonly distillation: number;
  /** lambda_1 of Eq 13, on Eq 8 with omega = 1 averaged over the latent. */
  readonly score: number;
  /** The perceptual distance from the original. */
  readonly perceptual: number;
  /** The mean absolute error from the original. */
  readonly fidelity: number;
  /** The energy of a grid of the low-resolution picture's period, which the perceptual distance invites. */
  readonly grid: number;
}

export interface StudentOptions {
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  readonly teacher: HostWeights;
  readonly seed: number;
  readonly batch: number;
  readonly weights: StudentWeights;
  /** Where the paper and its authors' code differ in HSD. */
  readonly reading: Reading;
  /** Needed where `weights.perceptual` is above 0. */
  readonly perceptualWeights: HostWeights | null;
}

export const studentTask = (options: StudentOptions): Task => ({
  name: "student",
  open: <T>(engine: Engine<T>): OpenTask<T> => {
    const { network, schedule, seed, batch, weights: weight, reading } = options;
    const { algebra } = engine;
    const frozenTeacher = uploadWeights(engine, network.parameters, options.teacher);
    const perceptual = openPerceptualTerm(engine, weight.perceptual, options.perceptualWeights);
    const grid = openGridTerm(engine);
    return {
      frozen: [...Object.values(frozenTeacher), ...perceptual.frozen, ...grid.frozen],
      prepare: (pictures) => {
        const { step } = pictures;
        const latents = latentsOf(engine, pictures, batch);
        const { z_0, z_y, shape } = latents;
        const epsilon = engine.upload("image", normals(seed, "noise", step, shape));
        const z_T = startOfSampling(algebra, schedule)(z_y, epsilon);
        const teacher = predictor(engine, network, frozenTeacher, z_y, batch);
        const z_0_teacher =
          weight.distillation > 0 || weight.score > 0
            ? engine.scope(() => runSampler(deterministicSampler(algebra, schedule)(teacher, z_T, z_y)))
            : z_0;
        const t_score = uniforms(seed, "scoreTime", step, batch).map(scoreTime(schedule.T));
        const epsilon_score = engine.upload("image", perturbations(reading, seed, "scoreNoise", step, shape));
        const distance = perceptual.against(latents, seed, step);
        return (weights) => {
          const student = predictor(engine, network, weights, z_y, batch);
          const z_0_student = predictClean(algebra, schedule)(student, z_T, schedule.T);
          const terms: readonly Term<T>[] = [
            {
              name: "distillation",
              weight: weight.distillation,
              value: () => distillationLoss(algebra)(z_0_student, z_0_teacher),
            },
            {
              name: "score",
              weight: weight.score,
              value: () =>
                highFrequencyScoreDistillation(algebra, schedule, reading.inputScaling)(
                  teacher,
                  z_0_student,
                  z_0_teacher,
                  z_y,
                  epsilon_score,
                  t_score,
                ).loss,
            },
            {
              name: "fidelity",
              weight: weight.fidelity,
              value: () => algebra.mean(algebra.abs(algebra.subtract(z_0_student, z_0))),
            },
            { name: "grid", weight: weight.grid, value: () => grid.energy(z_0_student, z_0) },
            { name: "perceptual", weight: weight.perceptual, value: () => distance(z_0_student) },
          ];
          return weightedSum(algebra, terms);
        };
      },
    };
  },
});
