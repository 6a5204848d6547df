import type { NoiseSource } from "@tadsr/core";

/**
 * Where the random numbers of the data come from.
 *
 * A stream is a purpose and a step, a position is a sample of the batch and an element: so what a sample
 * gets depends on (seed, step, sample) alone, never on the order of the work or the size of the batch.
 * Purposes 16 to 31 belong to the data; others are free for the training itself. They are part of what a
 * seed means: never renumber them.
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

/** A place in a stream of random numbers, from which one reads on. */
export interface NoisePlace {
  readonly source: NoiseSource;
  readonly position: number;
}

const two32 = 2 ** 32;

/** `step` 0..2^32-1 and `sample` 0..2^21-1; each sample has 2^32 elements of its own. */
export const placeOf = (purpose: DataPurpose, seed: number, step: number, sample = 0): NoisePlace => ({
  source: { seed, stream: purposes[purpose] * two32 + step },
  position: sample * two32,
});
