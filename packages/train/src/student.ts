/**
 * Training of a student by Algorithm 1. Optional terms, which are not the paper's, are added to Eq 13: the mean
 * absolute error from a stronger network's picture; and, compared with the original, a perceptual distance, the mean
 * absolute error, and the energy of a grid.
 */
import {
  discriminatorTime,
  type Engine,
  type Pointwise,
  type Reading,
  type Schedule,
  scoreTime,
} from "@tadsr/core";
import {
  type ConditionedNetwork,
  type Discriminator,
  type HostWeights,
  initialWeights,
  uploadWeights,
} from "@tadsr/model";
import { openGridTerm } from "./grid-term.ts";
import { LATENT_FACTOR, openLatents, originalsOf } from "./latents.ts";
import { openPerceptualTerm } from "./perceptual-term.ts";
import { normals, perturbations, uniforms } from "./streams.ts";
import { type AlgorithmWeights, studentStep } from "./student-step.ts";
import { openTarget, type Target } from "./target.ts";
import type { OpenTask, Task } from "./task.ts";
import { openUpscaler } from "./upscaler.ts";

export interface StudentWeights extends AlgorithmWeights {
  /** The perceptual distance from the original. */
  readonly perceptual: number;
  /** The mean absolute error from the original. */
  readonly fidelity: number;
  /** The energy of a grid with the period of the low-resolution picture, which the perceptual distance encourages. */
  readonly grid: number;
  /** The mean absolute error from the target network's picture of the small picture. */
  readonly target: number;
}

export interface StudentOptions {
  readonly network: ConditionedNetwork;
  readonly schedule: Schedule;
  /** null if none of Eq 6, Eq 8 and Eq 11 has a weight. */
  readonly teacher: HostWeights | null;
  /** null if `weights.target` is 0. */
  readonly target: Target | null;
  /** Needed if `weights.adversarial` is above 0, else null. */
  readonly discriminator: Discriminator | null;
  readonly seed: number;
  readonly batch: number;
  readonly weights: StudentWeights;
  /** The reading of the paper or of its authors' code, for HSD and for the discriminator's inputs. */
  readonly reading: Reading;
  /** Needed if `weights.perceptual` is above 0. */
  readonly perceptualWeights: HostWeights | null;
}

/** The mean of |a - b|. */
const absoluteError = <T>({ mean, abs, subtract }: Pointwise<T>, a: T, b: T): T => mean(abs(subtract(a, b)));

export const studentTask = (options: StudentOptions): Task => ({
  name: "student",
  discriminator:
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
    const teacher =
      options.teacher === null
        ? null
        : { network, weights: uploadWeights(engine, network.parameters, options.teacher) };
    const target = options.target === null ? null : openTarget(engine, options.target);
    const latentMaker = openLatents(engine, network);
    const perceptual = openPerceptualTerm(engine, weight.perceptual, options.perceptualWeights);
    const grid = openGridTerm(engine);
    return {
      upscaler: openUpscaler(engine, { network, schedule, seed, steps: "one", latents: latentMaker, target }),
      frozen: [
        ...Object.values(teacher?.weights ?? {}),
        ...[target, perceptual, grid, latentMaker].flatMap((term) => term?.frozen ?? []),
      ],
      prepare: (pictures) => {
        const { step } = pictures;
        const latents = latentMaker.of(pictures, batch);
        const { z_y, condition, shape, small } = latents;
        const z_0_target =
          target === null
            ? null
            : algebra.spaceToDepth(
                engine.scope(() => target.upscale(small)),
                LATENT_FACTOR,
              );
        // Without photographs the target's picture is the ground truth.
        const z_0 = latents.originals?.z_0 ?? z_0_target ?? originalsOf(latents).z_0;
        const distance = perceptual.against(latents, seed, step);
        // Noise that no loss uses is not drawn; z_y takes its place.
        const perturbation = (purpose: "scoreNoise" | "discriminatorNoise", isUsed: boolean): T =>
          isUsed ? engine.upload("image", perturbations(reading, seed, purpose, step, shape)) : z_y;
        return studentStep(
          engine,
          { schedule, network, teacher, discriminator, weights: weight, reading },
          {
            batch,
            z_0,
            z_y,
            condition,
            noise: engine.upload("image", normals(seed, "noise", step, shape)),
            scoreNoise: perturbation("scoreNoise", weight.score > 0),
            scoreTime: uniforms(seed, "scoreTime", step, batch).map(scoreTime(schedule.T)),
            discriminatorNoise: perturbation("discriminatorNoise", discriminator !== null),
            discriminatorTime: uniforms(seed, "discriminatorTime", step, batch).map(
              discriminatorTime(schedule.T, reading),
            ),
          },
          (z_0_student) => [
            {
              name: "target",
              weight: weight.target,
              value: () => absoluteError(algebra, z_0_student, z_0_target ?? z_0),
            },
            {
              name: "fidelity",
              weight: weight.fidelity,
              value: () => absoluteError(algebra, z_0_student, originalsOf(latents).z_0),
            },
            { name: "grid", weight: weight.grid, value: () => grid.energy(z_0_student, z_0) },
            { name: "perceptual", weight: weight.perceptual, value: () => distance(z_0_student) },
          ],
        );
      },
    };
  },
});
