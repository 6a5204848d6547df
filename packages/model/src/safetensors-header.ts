/**
 * The header of a safetensors file: 8 bytes with its length, then JSON with each tensor's type, shape and place in the
 * bytes that follow. Nothing in it is trusted before it is checked.
 */

import { elements } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { isWholeNumber } from "./count.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { type InvalidSafetensors, invalidSafetensors } from "./errors.ts";
import { printable } from "./quoted.ts";

/** Bytes of one number of each type of the format. */
const BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type StoredType = keyof typeof BYTES;

/** The first eight bytes hold the header's length, little-endian. */
export const LENGTH_BYTES = 8;

/** A longer header means damage or an attack: this is the size for about 60 000 tensors. */
const LONGEST_HEADER = 2 ** 23;

/** PyTorch's own limit on a tensor's dimensions. */
const MOST_DIMENSIONS = 64;

export interface TensorEntry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** The first byte and the one after the last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** By name, in the order of their bytes. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

type Checked<A> = E.Either<InvalidSafetensors, A>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A length or an offset. JSON can say -0, which is neither. */
const isPlace = (value: unknown): value is number => isWholeNumber(value) && !Object.is(value, -0);

const isStoredType = (value: unknown): value is StoredType =>
  typeof value === "string" && Object.hasOwn(BYTES, value);

const shown = (value: unknown): string => {
  if (value === undefined) return "nothing";
  try {
    return printable(JSON.stringify(value), 80);
  } catch {
    return "a value nested too deep";
  }
};

/** The header's length from the file's first bytes, checked against the file's size. */
export const headerLength = (file: string, start: Uint8Array, fileSize: number): Checked<number> => {
  const refuse = (expected: string, found: string) =>
    E.left(invalidSafetensors(file, null, `a safetensors file: ${expected}`, found));
  if (start.length < LENGTH_BYTES) return refuse(`at least ${LENGTH_BYTES} bytes`, `${start.length} bytes`);
  const view = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES);
  const claimed = view.getBigUint64(0, true);
  const length = Number(claimed);
  const most = Math.min(LONGEST_HEADER, fileSize - LENGTH_BYTES);
  return length >= 2 && length <= most
    ? E.right(length)
    : refuse(`a header of 2 to ${most} bytes`, `a header length of ${claimed}`);
};

const entryOf = (file: string, name: string, value: unknown): Checked<TensorEntry> => {
  const refuseText = (expected: string, found: string) =>
    E.left(invalidSafetensors(file, name, expected, found));
  const refuse = (expected: string, found: unknown) => refuseText(expected, shown(found));
  if (!isRecord(value)) return refuse("an object with dtype, shape and data_offsets", value);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredType(dtype)) return refuse(`a dtype of ${Object.keys(BYTES).join(", ")}`, dtype);
  if (!Array.isArray(shape) || shape.length > MOST_DIMENSIONS || !shape.every(isPlace))
    return refuse("a shape of whole numbers from 0", shape);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isPlace))
    return refuse("data_offsets of two whole numbers from 0", offsets);
  const [begin, end] = offsets as [number, number];
  const size = elements(shape) * BYTES[dtype];
  if (end - begin !== size)
    return refuseText(`${size} bytes, for shape ${shown(shape)} of ${dtype}`, `${end - begin} bytes`);
  return E.right({ name, type: dtype, shape: shape as readonly number[], begin, end });
};

const metadataOf = (file: string, value: unknown): Checked<Readonly<Record<string, string>>> =>
  value === undefined
    ? E.right({})
    : isRecord(value) && Object.values(value).every((text) => typeof text === "string")
      ? E.right(value as Readonly<Record<string, string>>)
      : E.left(invalidSafetensors(file, null, "__metadata__ that maps names to texts", shown(value)));

/** Tensors must follow one another without gaps or overlaps, and end where the file ends. */
const checkPlaces = (
  file: string,
  sorted: readonly TensorEntry[],
  dataSize: number,
): Checked<readonly TensorEntry[]> => {
  let place = 0;
  for (const { name, begin, end } of sorted) {
    if (begin !== place)
      return E.left(
        invalidSafetensors(
          file,
          name,
          `data beginning at byte ${place}, where the one before ends`,
          `${begin}`,
        ),
      );
    place = end;
  }
  return place === dataSize
    ? E.right(sorted)
    : E.left(
        invalidSafetensors(
          file,
          null,
          `${place} bytes of tensors after the header`,
          `${dataSize} bytes${dataSize < place ? " (the file is cut off)" : ""}`,
        ),
      );
};

const parse = (file: string, bytes: Uint8Array): Checked<Readonly<Record<string, unknown>>> => {
  const refuse = (found: string) =>
    E.left(invalidSafetensors(file, null, "a header of JSON, an object of tensors", found));
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return refuse(shown(value));
    const twice = duplicateKey(text);
    return twice === null ? E.right(value) : refuse(`the key ${shown(twice)} twice in one object`);
  } catch {
    return refuse("a header that is not JSON");
  }
};

/** Reads the header's bytes; `dataSize` is the number of bytes after them. */
export const parseHeader = (
  file: string,
  bytes: Uint8Array,
  dataSize: number,
): Checked<SafetensorsHeader> => {
  const parsed = parse(file, bytes);
  if (E.isLeft(parsed)) return parsed;
  const { __metadata__, ...tensors } = parsed.right;
  const metadata = metadataOf(file, __metadata__);
  if (E.isLeft(metadata)) return metadata;
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(tensors)) {
    const entry = entryOf(file, name, value);
    if (E.isLeft(entry)) return entry;
    entries.push(entry.right);
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return E.map((sorted: readonly TensorEntry[]) => ({
    metadata: metadata.right,
    entries: new Map(sorted.map((entry) => [entry.name, entry])),
  }))(checkPlaces(file, entries, dataSize));
};

/** The length and the header, padded with spaces to a multiple of 8 so that the numbers are aligned. */
export const headerBytes = (
  entries: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array => {
  const tensors = entries.map(({ name, type, shape, begin, end }) => [
    name,
    { dtype: type, shape, data_offsets: [begin, end] },
  ]);
  const hasMetadata = Object.keys(metadata).length > 0;
  const header = Object.fromEntries([...(hasMetadata ? [["__metadata__", metadata]] : []), ...tensors]);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, LENGTH_BYTES);
  return bytes;
};
