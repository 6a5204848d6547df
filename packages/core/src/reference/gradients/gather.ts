/** Functions that several pull-backs use. */
import type { Algebra } from "../../algebra.ts";
import type { PullBack } from "../tape.ts";
import type { ReferenceTensor } from "../tensor.ts";

/** The type of the pull-back of the algebra's operation with this name. */
export type PullBackOf<Name extends keyof Algebra<ReferenceTensor>> = PullBack<
  Parameters<Algebra<ReferenceTensor>[Name]>
>;

/** into[i] += term(i) for every i. Does nothing if `into` is null. */
export const addTerms = (into: Float64Array | null, term: (i: number) => number): void => {
  if (into === null) return;
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + term(i);
};

/** into[intoStart + k] += factor from[fromStart + k] for k below `length`. */
export const addScaled = (
  into: Float64Array,
  intoStart: number,
  from: Float64Array,
  fromStart: number,
  factor: number,
  length: number,
): void => {
  for (let k = 0; k < length; k++)
    into[intoStart + k] = (into[intoStart + k] as number) + factor * (from[fromStart + k] as number);
};

/** Adds the slope of every pixel or row to the slope of the bias. */
export const addToBias = (into: Float64Array | null, slope: Float64Array): void => {
  if (into === null) return;
  for (let start = 0; start < slope.length; start += into.length)
    addScaled(into, 0, slope, start, 1, into.length);
};
