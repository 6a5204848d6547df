/** Where training's own random numbers come from; purposes 16 to 31 belong to the data (data-streams.ts). */
import {
  type NdArray,
  type NoiseSource,
  normal,
  perturbationNoise,
  type Reading,
  uniform,
} from "@tadsr/core";
import { elements } from "@tadsr/model";

/** The purposes are part of what a seed means: never renumber them. */
const PURPOSES = {
  time: 1,
  noise: 2,
  scoreTime: 3,
  scoreNoise: 4,
  phase: 5,
  judgeTime: 6,
  judgeNoise: 7,
} as const;

export type Purpose = keyof typeof PURPOSES;

const STEPS = 2 ** 32;

/** The stream of a purpose at a step, so that a resumed run draws what the uninterrupted one would. */
export const streamOf = (seed: number, purpose: Purpose, step: number): NoiseSource => ({
  seed,
  stream: PURPOSES[purpose] * STEPS + step,
});

/** Standard normal noise of a shape. */
export const normals = (seed: number, purpose: Purpose, step: number, shape: readonly number[]): NdArray => ({
  shape,
  data: Float32Array.from(normal(streamOf(seed, purpose, step), 0, elements(shape))),
});

/** The noise that HSD and the discriminator perturb with: normal by the paper, uniform by the authors' code. */
export const perturbations = (
  reading: Reading,
  seed: number,
  purpose: Purpose,
  step: number,
  shape: readonly number[],
): NdArray => {
  const numbers = perturbationNoise(reading)(streamOf(seed, purpose, step), 0, elements(shape));
  return { shape, data: Float32Array.from(numbers) };
};

export const uniforms = (seed: number, purpose: Purpose, step: number, count: number): readonly number[] =>
  Array.from(uniform(streamOf(seed, purpose, step), 0, count));
