/**
 * Training a student by Algorithm 1. Optional terms against the original picture stand beside Eq 13, which
 * are not the paper's: a perceptual distance, the mean absolute error, and the energy of a grid.
 */
import { discriminatorTime, type Engine, type Reading, type Schedule, scoreTime } from "@tadsr/core";
import {
  type ConditionedNetwork,
  type Discriminator,
  type HostWeights,
  initialWeights,
  uploadWeights,
} from "@tadsr/model";
import { openGridTerm } from "./grid-term.ts";
import { latentsOf } from "./latents.ts";
import { openPerceptualTerm } from "./perceptual-term.ts";
import { normals, perturbations, uniforms } from "./streams.ts";
import { type AlgorithmWeights, studentStep } from "./student-step.ts";
import type { OpenTask, Task } from "./task.ts";

export interface StudentWeights extends AlgorithmWeights {
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
  /** Needed where `weights.adversarial` is above 0, else null. */
  readonly discriminator: Discriminator | null;
  readonly seed: number;
  readonly batch: number;
  readonly weights: StudentWeights;
  /** Where the paper and its authors' code differ in HSD and in what the discriminator is shown. */
  readonly reading: Reading;
  /** Needed where `weights.perceptual` is above 0. */
  readonly perceptualWeights: HostWeights | null;
}

export const studentTask = (options: StudentOptions): Task => ({
  name: "student",
  adversary:
    options.discriminator === null
      ? null
      : {
          parameters: options.discriminator.parameters,
          buffers: options.discriminator.state,
          initial: initialWeights(
            [...options.discriminator.parameters, ...options.discriminator.state],
            options,
          ),
        },
  open: <T>(engine: Engine<T>): OpenTask<T> => {
    const { network, schedule, discriminator, seed, batch, weights: weight, reading } = options;
    const { algebra } = engine;
    const teacher = { network, weights: uploadWeights(engine, network.parameters, options.teacher) };
    const perceptual = openPerceptualTerm(engine, weight.perceptual, options.perceptualWeights);
    const grid = openGridTerm(engine);
    return {
      frozen: [...Object.values(teacher.weights), ...perceptual.frozen, ...grid.frozen],
      prepare: (pictures) => {
        const { step } = pictures;
        const latents = latentsOf(engine, pictures, batch);
        const { z_0, z_y, shape } = latents;
        const distance = perceptual.against(latents, seed, step);
        const perturbation = (purpose: "scoreNoise" | "judgeNoise"): T =>
          engine.upload("image", perturbations(reading, seed, purpose, step, shape));
        return studentStep(
          engine,
          { schedule, network, teacher, discriminator, weights: weight, reading },
          {
            batch,
            z_0,
            z_y,
            condition: z_y,
            noise: engine.upload("image", normals(seed, "noise", step, shape)),
            scoreNoise: perturbation("scoreNoise"),
            scoreTime: uniforms(seed, "scoreTime", step, batch).map(scoreTime(schedule.T)),
            judgeNoise: perturbation("judgeNoise"),
            judgeTime: uniforms(seed, "judgeTime", step, batch).map(discriminatorTime(schedule.T, reading)),
          },
          (z_0_student) => [
            {
              name: "fidelity",
              weight: weight.fidelity,
              value: () => algebra.mean(algebra.abs(algebra.subtract(z_0_student, z_0))),
            },
            { name: "grid", weight: weight.grid, value: () => grid.energy(z_0_student, z_0) },
            { name: "perceptual", weight: weight.perceptual, value: () => distance(z_0_student) },
          ],
        );
      },
    };
  },
});
