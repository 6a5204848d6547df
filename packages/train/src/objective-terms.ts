/** Adds up the weighted terms of an objective. */
import type { Objective, Pointwise } from "@tadsr/core";

export interface Term<T> {
  readonly name: string;
  readonly weight: number;
  /** Not called if the weight is 0. */
  readonly value: () => T;
}

/** The weighted sum, with each term's own value to report. At least one weight is not 0. */
export const weightedSum = <T>({ add, scale }: Pointwise<T>, terms: readonly Term<T>[]): Objective<T> => {
  const used = terms
    .filter(({ weight }) => weight !== 0)
    .map(({ name, weight, value }) => ({ name, weight, value: value() }));
  const [first, ...rest] = used.map(({ weight, value }) => scale(value, weight));
  if (first === undefined) throw new Error("the objective has no term: give at least one weight above 0");
  return {
    loss: rest.reduce(add, first),
    parts: Object.fromEntries(used.map(({ name, value }) => [name, value])),
  };
};
