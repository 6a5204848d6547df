/** How large the terms are inside operations whose result is small. */
import type { AttentionOptions, GroupNormOptions, ReferenceTensor } from "@tadsr/core";
import type { Operation } from "./law.ts";

const largest = ({ data }: ReferenceTensor): number =>
  data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/**
 * A score's error causes an error of its weight in proportion. Scores reach |q| |k| sqrt(d) + |B|, and multiply the
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
  /** The image may be large compared with its deviation, which is at least sqrt(epsilon). */
  groupNorm: (
    image: ReferenceTensor,
    weight: ReferenceTensor,
    bias: ReferenceTensor,
    { epsilon }: GroupNormOptions,
  ) => (largest(image) / Math.sqrt(epsilon)) * largest(weight) + largest(bias),
};

/** The largest term inside an operation on these arguments, unless the result shows it anyway. */
export const termsOf = (operation: Operation, args: readonly unknown[]): number => {
  const bound = terms[operation] as ((...args: readonly unknown[]) => number) | undefined;
  return bound === undefined ? 0 : bound(...args);
};
