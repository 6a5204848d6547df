/** Where the training's own random numbers come from. The data has the purposes 16 to 31 (data-streams.ts). */
import {
  elements,
  type NdArray,
  type NoiseSource,
  normal,
  perturbationNoise,
  type Reading,
  uniform,
} from "@tadsr/core";

/** Never renumber the purposes: a seed would mean something else. */
const PURPOSES = {
  time: 1,
  noise: 2,
  scoreTime: 3,
  scoreNoise: 4,
  phase: 5,
  discriminatorTime: 6,
  discriminatorNoise: 7,
} as const;

export type Purpose = keyof typeof PURPOSES;

const STEPS = 2 ** 32;

/** The stream of a purpose at a step. A resumed run draws the same numbers as an uninterrupted one. */
const streamOf = (seed: number, purpose: Purpose, step: number): NoiseSource => ({
  seed,
  stream: PURPOSES[purpose] * STEPS + step,
});

/** Standard normal noise of a shape. */
export const normals = (seed: number, purpose: Purpose, step: number, shape: readonly number[]): NdArray => ({
  shape,
  data: Float32Array.from(normal(streamOf(seed, purpose, step), 0, elements(shape))),
});

/**
 * The noise that perturbs latents in HSD and for the discriminator: normal in the paper, uniform in the authors' code.
 */
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
