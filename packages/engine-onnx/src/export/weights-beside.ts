/** The places of a file's weights when they are kept in another file beside it. */
import type { Lowered } from "../lowering/lower.ts";
import { bytesOf, listingOf } from "../onnx/encode.ts";
import { numbersOf, type Value } from "../onnx/value.ts";

/** Offsets are multiples of this, so that a reader can map the file into memory. */
const ALIGNMENT = 4096;
/** Smaller arrays stay inside: they are shapes and indices, which readers need even without the weights. */
const LEAST_BYTES = 1024;
/** A protobuf message ends at 2^31 bytes. The difference leaves room for the nodes. */
export const MOST_INSIDE = 2 ** 31 - 2 ** 26;

export interface Layout {
  /** In the order in which the file has them. */
  readonly pieces: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  readonly offsetOf: (initializer: Value) => number | null;
}

const sizeOf = (value: Value): number => numbersOf(value)?.byteLength ?? 0;

/** Bytes of all weights. */
export const weightBytes = (lowered: Lowered): number =>
  listingOf(lowered).initializers.reduce((sum, value) => sum + sizeOf(value), 0);

export const layOut = (lowered: Lowered): Layout => {
  const offsets = new Map<number, number>();
  const pieces: Layout["pieces"][number][] = [];
  let end = 0;
  for (const value of listingOf(lowered).initializers) {
    const numbers = numbersOf(value);
    if (numbers === null || numbers.byteLength < LEAST_BYTES) continue;
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    offsets.set(value.id, offset);
    pieces.push({ offset, bytes: bytesOf(numbers) });
    end = offset + numbers.byteLength;
  }
  return { pieces, offsetOf: ({ id }) => offsets.get(id) ?? null };
};
