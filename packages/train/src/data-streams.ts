import type { NoiseSource } from "@tadsr/core";

/**
 * Where the random numbers of the data come from.
 *
 * A stream belongs to a purpose and a step, and a position in it to a sample of the batch and an element. So a sample's
 * numbers depend on (seed, step, sample) only, never on the order of the work or the size of the batch. The data has
 * the purposes 16 to 31; the training itself may use the others. Never renumber them: a seed would mean something else.
 */
const purposes = {
  crop: 16,
  parameters: 17,
  noise: 18,
  wholePictureParameters: 19,
  wholePictureNoise: 20,
  secondNoise: 21,
  wholePictureSecondNoise: 22,
} as const;

export type DataPurpose = keyof typeof purposes;

/** A place in a stream of random numbers, where reading begins. */
export interface NoisePlace {
  readonly source: NoiseSource;
  readonly position: number;
}

const two32 = 2 ** 32;

/** `step` is 0..2^32-1 and `sample` 0..2^21-1; each sample has 2^32 elements of its own. */
export const placeOf = (purpose: DataPurpose, seed: number, step: number, sample = 0): NoisePlace => ({
  source: { seed, stream: purposes[purpose] * two32 + step },
  position: sample * two32,
});
