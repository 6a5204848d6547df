/** Attention on dual numbers. Its derivative is computed pair by pair, and shares no code with the reference's. */
import {
  type AttentionOptions,
  referenceAlgebra as R,
  type ReferenceTensor,
  type WindowOptions,
} from "@tadsr/core";
import { type Pairs, shiftedWindows, wholeImage } from "../src/shifted-windows.ts";
import type { Dual } from "./dual-engine.ts";

interface Operands {
  readonly query: Dual;
  readonly key: Dual;
  readonly value: Dual;
  readonly positions: Dual | null;
}

const at = ({ data }: ReferenceTensor, index: number): number => data[index] as number;

/**
 * out = sum_j p_j v_j with p = softmax(s) has the derivative sum_j p_j (s_j' - sum_k p_k s_k') v_j + p_j v_j'.
 */
const tangentOf = (
  { query, key, value, positions }: Operands,
  heads: number,
  pairs: Pairs,
): ReferenceTensor => {
  const [n, h, w, c] = value.value.shape as [number, number, number, number];
  const width = c / heads;
  const tangent = R.scale(value.value, 0);
  for (let group = 0; group < n * heads; group++) {
    const [sample, head] = [Math.floor(group / heads), group % heads];
    const place = (pixel: number): number => (sample * h * w + pixel) * c + head * width;
    pairs.forEach((seen, from) => {
      const dot = (a: ReferenceTensor, b: ReferenceTensor, to: number): number => {
        let sum = 0;
        for (let i = 0; i < width; i++) sum += at(a, place(from) + i) * at(b, place(to) + i);
        return sum / Math.sqrt(width);
      };
      const scores = seen.map((pair) => {
        const bias = pair.position * heads + head;
        return {
          value: dot(query.value, key.value, pair.key) + (positions ? at(positions.value, bias) : 0),
          tangent:
            dot(query.tangent, key.value, pair.key) +
            dot(query.value, key.tangent, pair.key) +
            (positions ? at(positions.tangent, bias) : 0),
        };
      });
      const total = scores.reduce((sum, score) => sum + Math.exp(score.value), 0);
      const shares = scores.map((score) => Math.exp(score.value) / total);
      const common = scores.reduce((sum, score, j) => sum + (shares[j] as number) * score.tangent, 0);
      seen.forEach((pair, j) => {
        const share = shares[j] as number;
        const change = share * ((scores[j]?.tangent as number) - common);
        for (let i = 0; i < width; i++) {
          const [k, v] = [place(from) + i, place(pair.key) + i];
          tangent.data[k] = at(tangent, k) + change * at(value.value, v) + share * at(value.tangent, v);
        }
      });
    });
  }
  return tangent;
};

export const windowAttention = (
  query: Dual,
  key: Dual,
  value: Dual,
  positions: Dual,
  options: WindowOptions,
): Dual => {
  const [, h = 1, w = 1] = value.value.shape;
  return {
    value: R.windowAttention(query.value, key.value, value.value, positions.value, options),
    tangent: tangentOf({ query, key, value, positions }, options.heads, shiftedWindows([h, w], options)),
  };
};

export const attention = (query: Dual, key: Dual, value: Dual, options: AttentionOptions): Dual => {
  const [, h = 1, w = 1] = value.value.shape;
  return {
    value: R.attention(query.value, key.value, value.value, options),
    tangent: tangentOf({ query, key, value, positions: null }, options.heads, wholeImage(h * w)),
  };
};
