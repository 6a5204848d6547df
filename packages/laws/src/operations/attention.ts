/** Random uses of attention. Elements are always small, since scores go into exponents. */
import { attentions, windowAttentions } from "../attentions.ts";
import type { Use, Uses } from "../use.ts";

export const attention: Uses = ({ side }) =>
  attentions(Math.min(4, side)).map(
    ({ query, key, value, options }): Use => ({
      tensors: [query, key, value],
      kind: "image",
      program: (A, q, k, v) => A.attention(q, k, v, options),
    }),
  );

export const windowAttention: Uses = ({ side }) =>
  windowAttentions(side, 4).map(
    ({ query, key, value, positions, options }): Use => ({
      tensors: [query, key, value, positions],
      kind: "image",
      program: (A, q, k, v, table) => A.windowAttention(q, k, v, table, options),
    }),
  );
