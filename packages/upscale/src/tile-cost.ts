/** What is asked of a tile's cost: the memory it takes, and the operations to be done. */
import type { Cost } from "@tadsr/engine-cost";
import * as E from "fp-ts/lib/Either.js";

/** The most that a tile's results take at once, in bytes. */
export interface Footprint {
  /** Without what attention holds while it runs. */
  readonly results: number;
  /** With all its scores. */
  readonly resultsWithScores: number;
}

/** Operations of each tile of a picture, in the order in which they are done. */
export type TileWork = readonly number[];

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Of networks that run one after another while `held` numbers are kept. */
export const heldWith = (held: number, costs: readonly Cost[]): Footprint => ({
  results: BYTES * held + Math.max(...costs.map(({ peakBytes }) => peakBytes)),
  resultsWithScores: BYTES * held + Math.max(...costs.map(({ peakBytesWithScores }) => peakBytesWithScores)),
});

/** A cost whose sizes were made to fit the network: that they do not is a defect. */
export const known = (cost: E.Either<{ readonly message: string }, Cost>): Cost => {
  if (E.isLeft(cost)) throw new Error(cost.left.message);
  return cost.right;
};
