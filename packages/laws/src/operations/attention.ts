/** Random uses of attention. Queries and keys are small, so that no score is so large that its rounding counts. */
import * as fc from "fast-check";
import { numbers, tensorOf, upTo } from "../inputs.ts";
import type { Elements, Use, Uses } from "../use.ts";

/** Scores of up to 4: queries and keys of up to 4 channels a head. */
const small = numbers(-1, 1);

const operands = (shape: readonly number[], { plain }: Elements) => {
  const scored = tensorOf("image", shape, small);
  return fc.tuple(scored, scored, tensorOf("image", shape, plain));
};

/** [n, h, w, heads, channels of a head] */
const sizes = (side: number) => fc.tuple(upTo(2), upTo(side), upTo(side), upTo(3), upTo(3));

export const attention: Uses = (elements) =>
  sizes(Math.min(4, elements.side)).chain(([n, h, w, heads, width]) =>
    operands([n, h, w, heads * width], elements).map(
      (tensors): Use => ({
        tensors,
        kind: "image",
        program: (A, query, key, value) => A.attention(query, key, value, { heads }),
      }),
    ),
  );

export const windowAttention: Uses = (elements) =>
  fc
    .record({
      size: sizes(elements.side),
      window: upTo(4),
      part: fc.nat(3),
      edges: fc.constantFrom(undefined, "separate" as const, "wrapped" as const),
    })
    .chain(({ size: [n, h, w, heads, width], window, part, edges }) => {
      const options = { heads, window, shift: part % window, ...(edges === undefined ? {} : { edges }) };
      return fc
        .tuple(
          operands([n, h, w, heads * width], elements),
          tensorOf("matrix", [(2 * window - 1) ** 2, heads], small),
        )
        .map(
          ([images, positions]): Use => ({
            tensors: [...images, positions],
            kind: "image",
            program: (A, query, key, value, bias) => A.windowAttention(query, key, value, bias, options),
          }),
        );
    });
