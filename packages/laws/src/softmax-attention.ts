/** Softmax attention on plain arrays, by its formula: softmax(q k / sqrt(d) + B) v, d = c / heads. */
import { dimensions, type Input, inputFrom } from "./inputs.ts";
import type { Pairs } from "./shifted-windows.ts";

/** Query, key and value, which are images of one shape, and the table of positions or null. */
export interface AttentionOperands {
  readonly query: Input;
  readonly key: Input;
  readonly value: Input;
  readonly positions: Input | null;
}

/** The scores of a head in a sample: for each query, one number for each of its pairs. */
export type Scores = readonly (readonly number[])[];

const scoresOf = (
  { query, key, positions }: Omit<AttentionOperands, "value">,
  heads: number,
  pairs: Pairs,
  sample: number,
  head: number,
): Scores => {
  const [, h, w, c] = dimensions(query);
  const d = c / heads;
  const at = (image: Input, pixel: number, i: number): number =>
    image.data[(sample * h * w + pixel) * c + head * d + i] as number;
  return pairs.map((keys, pixel) =>
    keys.map((pair) => {
      const bias = positions === null ? 0 : (positions.data[pair.position * heads + head] as number);
      let product = 0;
      for (let i = 0; i < d; i++) product += at(query, pixel, i) * at(key, pair.key, i);
      return product / Math.sqrt(d) + bias;
    }),
  );
};

/** e^(s_j) / sum_k e^(s_k), from differences, which do not overflow. */
const softmax = (scores: readonly number[]): readonly number[] =>
  scores.map((score) => 1 / scores.reduce((sum, other) => sum + Math.exp(other - score), 0));

/** The result that attention must give. */
export const softmaxAttention = (operands: AttentionOperands, heads: number, pairs: Pairs): Input => {
  const { query, value } = operands;
  const [n, h, w, c] = dimensions(query);
  const shares = Array.from({ length: n * heads }, (_, i) =>
    scoresOf(operands, heads, pairs, Math.floor(i / heads), i % heads).map(softmax),
  );
  return inputFrom("image", query.shape, (i) => {
    const channel = i % c;
    const pixel = Math.floor(i / c) % (h * w);
    const sample = Math.floor(i / (c * h * w));
    const head = Math.floor(channel / (c / heads));
    const weights = shares[sample * heads + head]?.[pixel] ?? [];
    return (pairs[pixel] ?? []).reduce(
      (sum, { key }, j) =>
        sum + (weights[j] as number) * (value.data[(sample * h * w + key) * c + channel] as number),
      0,
    );
  });
};
