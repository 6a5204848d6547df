/** The inputs of the attention laws: sizes that are multiples of a window, smaller than it, and neither. */
import type { AttentionOptions, WindowOptions } from "@tadsr/core";
import * as fc from "fast-check";
import { gentle, tensorOf, upTo } from "./inputs.ts";
import type { AttentionOperands } from "./softmax-attention.ts";

export interface Attention extends AttentionOperands {
  readonly options: AttentionOptions;
}

export interface WindowAttention extends AttentionOperands {
  readonly positions: NonNullable<AttentionOperands["positions"]>;
  readonly options: WindowOptions;
}

interface Sizes {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly heads: number;
  /** The number of channels of a head. */
  readonly depth: number;
}

const sizes = (side: number): fc.Arbitrary<Sizes> =>
  fc.record({ batch: upTo(2), height: upTo(side), width: upTo(side), heads: upTo(3), depth: upTo(3) });

const imagesOf = ({ batch, height, width, heads, depth }: Sizes) => {
  const image = tensorOf("image", [batch, height, width, heads * depth], gentle);
  return { query: image, key: image, value: image };
};

export const attentions = (side: number): fc.Arbitrary<Attention> =>
  sizes(side).chain((size) =>
    fc.record({
      ...imagesOf(size),
      positions: fc.constant(null),
      options: fc.constant({ heads: size.heads }),
    }),
  );

/** Windows, odd and even, with every shift. Edges `undefined` means the algebra's default, `separate`. */
const windowsUpTo = (most: number): fc.Arbitrary<Omit<WindowOptions, "heads">> =>
  upTo(most).chain((window) =>
    fc.record(
      {
        window: fc.constant(window),
        shift: fc.oneof(fc.constant(0), fc.constant(Math.floor(window / 2)), fc.nat(window - 1)),
        edges: fc.constantFrom("separate" as const, "wrapped" as const),
      },
      { requiredKeys: ["window", "shift"] },
    ),
  );

/** Images of up to `side` pixels a side, with windows of up to `most` pixels. */
export const windowAttentions = (side: number, most: number): fc.Arbitrary<WindowAttention> =>
  fc.tuple(sizes(side), windowsUpTo(most)).chain(([size, windows]) =>
    fc.record({
      ...imagesOf(size),
      positions: tensorOf("matrix", [(2 * windows.window - 1) ** 2, size.heads], gentle),
      options: fc.constant<WindowOptions>({ ...windows, heads: size.heads }),
    }),
  );
