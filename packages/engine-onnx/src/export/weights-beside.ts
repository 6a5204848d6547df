/** Where the weights of a file lie that are kept in another file beside it. */
import type { Lowered } from "../lowering/lower.ts";
import { bytesOf, listingOf } from "../onnx/encode.ts";
import { numbersOf, type Value } from "../onnx/value.ts";

/** Offsets are multiples of this, so that a reader can map the file into memory. */
const ALIGNMENT = 4096;
/** Smaller ones stay inside: shapes and places, which readers want to know without the weights. */
const LEAST_BYTES = 1024;
/** A message of protobuf ends at 2^31 bytes; the rest is for the nodes. */
export const MOST_INSIDE = 2 ** 31 - 2 ** 26;

export interface Layout {
  /** In the order in which they lie. */
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
