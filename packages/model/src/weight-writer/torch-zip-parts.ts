/** The pickle and the zip records of a file that `torch.load` reads, PyTorch's format since 1.6. */
import { elements } from "@tadsr/core";
import { STORAGE_DTYPES, type TensorDtype } from "../checkpoint/dtypes.ts";
import type { StreamedTensor } from "./streamed-tensor.ts";

type Described = Omit<StreamedTensor<unknown>, "read">;

const ENCODER = new TextEncoder();

const concatenated = (parts: readonly (readonly number[] | Uint8Array)[]): Uint8Array => {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
};

const littleEndian = (bytes: number, value: number): readonly number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** Opcodes of pickle's protocol 2, by their first letters in its documentation. */
const opcode = {
  protocol: [0x80, 2],
  emptyDict: [0x7d],
  mark: [0x28],
  tuple: [0x74],
  emptyTuple: [0x29],
  global: [0x63],
  unicode: [0x58],
  integer: [0x4a],
  persistent: [0x51],
  false: [0x89],
  reduce: [0x52],
  setItems: [0x75],
  stop: [0x2e],
} as const;

const text = (value: string): Uint8Array => {
  const bytes = ENCODER.encode(value);
  return concatenated([opcode.unicode, littleEndian(4, bytes.length), bytes]);
};

const integer = (value: number): readonly number[] => [...opcode.integer, ...littleEndian(4, value)];

const integers = (values: readonly number[]): readonly number[] => [
  ...opcode.mark,
  ...values.flatMap(integer),
  ...opcode.tuple,
];

const global = (module: string, name: string): Uint8Array =>
  concatenated([opcode.global, ENCODER.encode(`${module}\n${name}\n`)]);

const storageName = (dtype: TensorDtype): string =>
  Object.entries(STORAGE_DTYPES).find(([, stored]) => stored === dtype)?.[0] ?? dtype;

/** Row-major. */
const stridesOf = (shape: readonly number[]): readonly number[] =>
  shape.map((_, axis) => elements(shape.slice(axis + 1)));

/** A dict of the tensors. Each has its own storage, whose key is its place in the list. */
export const stateDictPickle = (tensors: readonly Described[]): Uint8Array =>
  concatenated([
    opcode.protocol,
    opcode.emptyDict,
    opcode.mark,
    ...tensors.flatMap(({ name, dtype, shape }, key) => [
      text(name),
      global("torch._utils", "_rebuild_tensor_v2"),
      opcode.mark,
      opcode.mark,
      text("storage"),
      global("torch", storageName(dtype)),
      text(String(key)),
      text("cpu"),
      integer(elements(shape)),
      opcode.tuple,
      opcode.persistent,
      integer(0),
      integers(shape),
      integers(stridesOf(shape)),
      opcode.false,
      global("collections", "OrderedDict"),
      opcode.emptyTuple,
      opcode.reduce,
      opcode.tuple,
      opcode.reduce,
    ]),
    opcode.setItems,
    opcode.stop,
  ]);

export interface ZipRecord {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** 1980-01-01, the earliest date in zip files. */
const DATE = [0, 0, 0x21, 0];

/** The fields that the local header and the directory share: stored, not compressed. */
const common = ({ name, size, crc }: ZipRecord): readonly number[] => [
  ...[20, 0, 0, 8, 0, 0],
  ...DATE,
  ...littleEndian(4, crc),
  ...littleEndian(4, size),
  ...littleEndian(4, size),
  ...littleEndian(2, ENCODER.encode(name).length),
  ...[0, 0],
];

export const localHeader = (record: ZipRecord): Uint8Array =>
  concatenated([[0x50, 0x4b, 3, 4], common(record), ENCODER.encode(record.name)]);

/** The central directory and its end record. */
export const directory = (records: readonly ZipRecord[], offset: number): Uint8Array => {
  const entries = concatenated(
    records.map((record) =>
      concatenated([
        [0x50, 0x4b, 1, 2, 20, 0],
        common(record),
        new Uint8Array(10),
        littleEndian(4, record.offset),
        ENCODER.encode(record.name),
      ]),
    ),
  );
  const count = littleEndian(2, records.length);
  const place = [...littleEndian(4, entries.length), ...littleEndian(4, offset)];
  return concatenated([entries, [0x50, 0x4b, 5, 6, 0, 0, 0, 0], count, count, place, [0, 0]]);
};
