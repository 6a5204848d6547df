/** The arguments of a pickle's instructions, read from the bytes that follow them. */
import * as E from "fp-ts/lib/Either.js";
import { type Checked, invalid } from "./complaint.ts";
import type { ArgumentKind } from "./opcodes.ts";

/** Where the next byte is read. It moves. */
export interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  place: number;
}

export const cursorAt = (bytes: Uint8Array, place: number): Cursor => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  place,
});

/** Names of globals are short. A longer one means a damaged file. */
const LONGEST_LINE = 256;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export type Argument = null | number | bigint | string | readonly [string, string];

const cutOff = (place: number) => invalid(`the end at byte ${place}`, "a pickle that ends with STOP");

const text = (cursor: Cursor, length: number): Checked<string> => {
  const from = cursor.place;
  if (length > cursor.bytes.length - from) return cutOff(cursor.bytes.length);
  cursor.place = from + length;
  try {
    return E.right(UTF8.decode(cursor.bytes.subarray(from, from + length)));
  } catch {
    return invalid(`bytes at ${from} that are not text`, "UTF-8");
  }
};

const line = (cursor: Cursor): Checked<string> => {
  const end = cursor.bytes.subarray(cursor.place, cursor.place + LONGEST_LINE).indexOf(0x0a);
  if (end < 0) return invalid("a name without an end", `names of at most ${LONGEST_LINE} bytes`);
  const read = text(cursor, end);
  cursor.place += 1;
  return read;
};

const twoLines = (cursor: Cursor): Checked<Argument> => {
  const first = line(cursor);
  if (E.isLeft(first)) return first;
  return E.map((second: string): Argument => [first.right, second])(line(cursor));
};

/** A little-endian two's complement number. The first byte gives its length in bytes. */
const integer = (cursor: Cursor): Checked<Argument> => {
  const length = cursor.view.getUint8(cursor.place++);
  if (length > cursor.bytes.length - cursor.place) return cutOff(cursor.bytes.length);
  let value = 0n;
  for (let i = length - 1; i >= 0; i--)
    value = (value << 8n) | BigInt(cursor.view.getUint8(cursor.place + i));
  cursor.place += length;
  const signed = BigInt.asIntN(8 * length, value);
  return E.right(Number.isSafeInteger(Number(signed)) ? Number(signed) : signed);
};

const WIDTHS: Readonly<Record<ArgumentKind, number>> = {
  none: 0,
  "unsigned-1": 1,
  "unsigned-2": 2,
  "signed-4": 4,
  "unsigned-4": 4,
  "unsigned-8": 8,
  double: 8,
  "integer-1": 1,
  "text-1": 1,
  "text-4": 4,
  "text-8": 8,
  "two-lines": 0,
};

/** Reads the argument at the cursor, and moves the cursor behind it. */
export const readArgument = (cursor: Cursor, kind: ArgumentKind): Checked<Argument> => {
  const { view, place } = cursor;
  if (WIDTHS[kind] > cursor.bytes.length - place) return cutOff(cursor.bytes.length);
  if (kind === "integer-1") return integer(cursor);
  cursor.place += WIDTHS[kind];
  switch (kind) {
    case "none":
      return E.right(null);
    case "unsigned-1":
      return E.right(view.getUint8(place));
    case "unsigned-2":
      return E.right(view.getUint16(place, true));
    case "signed-4":
      return E.right(view.getInt32(place, true));
    case "unsigned-4":
      return E.right(view.getUint32(place, true));
    case "unsigned-8":
      return E.right(Number(view.getBigUint64(place, true)));
    case "double":
      return E.right(view.getFloat64(place, false));
    case "text-1":
      return text(cursor, view.getUint8(place));
    case "text-4":
      return text(cursor, view.getUint32(place, true));
    case "text-8":
      return text(cursor, Number(view.getBigUint64(place, true)));
    case "two-lines":
      return twoLines(cursor);
  }
};
