/** How large the terms are within operations that make small numbers of large ones. */
import type { AttentionOptions, GroupNormOptions, ReferenceTensor } from "@tadsr/core";
import type { Operation } from "./law.ts";

const largest = ({ data }: ReferenceTensor): number =>
  data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/**
 * An error of a score is an error of its weight in proportion: scores of up to |q| |k| sqrt(d) + |B| times the
 * values.
 */
const ofAttention = (
  [query, key, value]: readonly [ReferenceTensor, ReferenceTensor, ReferenceTensor],
  positions: number,
  { heads }: AttentionOptions,
): number => {
  const d = (query.shape[3] ?? 1) / heads;
  return (1 + largest(query) * largest(key) * Math.sqrt(d) + positions) * largest(value);
};

type Terms = {
  readonly [O in Operation]?: (...args: never[]) => number;
};

const terms: Terms = {
  attention: (q: ReferenceTensor, k: ReferenceTensor, v: ReferenceTensor, options: AttentionOptions) =>
    ofAttention([q, k, v], 0, options),
  windowAttention: (
    q: ReferenceTensor,
    k: ReferenceTensor,
    v: ReferenceTensor,
    positions: ReferenceTensor,
    options: AttentionOptions,
  ) => ofAttention([q, k, v], largest(positions), options),
  /** The image may be large beside its deviation, which is at least sqrt(epsilon). */
  groupNorm: (
    image: ReferenceTensor,
    weight: ReferenceTensor,
    bias: ReferenceTensor,
    { epsilon }: GroupNormOptions,
  ) => (largest(image) / Math.sqrt(epsilon)) * largest(weight) + largest(bias),
};

/** The largest term within an operation on these arguments, as far as the result does not show it. */
export const termsOf = (operation: Operation, args: readonly unknown[]): number => {
  const bound = terms[operation] as ((...args: readonly unknown[]) => number) | undefined;
  return bound === undefined ? 0 : bound(...args);
};
