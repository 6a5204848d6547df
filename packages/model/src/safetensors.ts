/**
 * Weights in safetensors files. The header is read and checked first. A tensor's bytes are read when it is asked for,
 * so a file of any size needs the memory of one tensor.
 */
import type { NdArray } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile, ByteSource } from "./bytes/byte-file.ts";
import type { ByteSink } from "./bytes/byte-sink.ts";
import { openKept } from "./bytes/read-bytes.ts";
import {
  type FileUnreadable,
  type FileUnwritable,
  fileUnreadable,
  fileUnwritable,
  type InvalidSafetensors,
  invalidSafetensors,
  type MissingTensor,
  type ValueOutOfRange,
} from "./errors.ts";
import { nearestName } from "./nearest-name.ts";
import {
  decodeFloats,
  decodeIntegers,
  decodeNumbers,
  encodeNumbers,
  type FloatType,
  INTEGER_TYPES,
  isReadableFloat,
  numberFormats,
  READABLE_FLOATS,
} from "./number-formats.ts";
import { quoted } from "./quoted.ts";
import {
  headerBytes,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsHeader,
  type StoredType,
  type TensorEntry,
} from "./safetensors-header.ts";

export type SafetensorsError = FileUnreadable | InvalidSafetensors | MissingTensor;

/** An open file: its list of tensors is known, their numbers are not read yet. */
export interface SafetensorsFile extends SafetensorsHeader {
  readonly file: string;
  /** One tensor as float32, from F32, F16, BF16 or F64 (F64 is rounded). */
  readonly read: (name: string) => TE.TaskEither<SafetensorsError, NdArray>;
  /** One tensor of whole numbers, as float64. Numbers beyond 2^53 are refused. */
  readonly readIntegers: (name: string) => TE.TaskEither<SafetensorsError, NdArray>;
  readonly close: () => Promise<void>;
}

/** Everything a file holds. */
export interface SafetensorsContent {
  readonly metadata: Readonly<Record<string, string>>;
  /** By name, float32. */
  readonly tensors: Readonly<Record<string, NdArray>>;
}

export interface WriteOptions {
  /** How the numbers are stored; F16 and BF16 round to nearest, ties to even. */
  readonly dtype: FloatType;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface Opened extends SafetensorsHeader {
  /** Where the tensors' bytes begin. */
  readonly origin: number;
}

const readHeader = async (
  file: string,
  source: ByteSource,
): Promise<E.Either<InvalidSafetensors, Opened>> => {
  const length = headerLength(file, await source.read(0, LENGTH_BYTES), source.size);
  if (E.isLeft(length)) return length;
  const origin = LENGTH_BYTES + length.right;
  const header = parseHeader(file, await source.read(LENGTH_BYTES, length.right), source.size - origin);
  return E.map((parsed: SafetensorsHeader) => ({ ...parsed, origin }))(header);
};

const missing = (file: string, key: string, names: Iterable<string>): MissingTensor => {
  const nearest = nearestName(key, names);
  const hint = nearest === null ? "" : `; the nearest name it has is ${quoted(nearest)}`;
  return {
    _tag: "MissingTensor",
    file,
    key,
    message: `${file}: it has no tensor ${quoted(key)}${hint}`,
  };
};

/** Reads numbers of a type, or gives null if they cannot be represented. `allowed` is for the message. */
interface Decoding {
  readonly allowed: string;
  readonly decode: (type: StoredType, bytes: Uint8Array) => NdArray["data"] | null;
  readonly isAllowed: (type: StoredType) => boolean;
}

const floats: Decoding = {
  allowed: `numbers of ${READABLE_FLOATS.join(", ")} that float32 can hold`,
  isAllowed: isReadableFloat,
  decode: (type, bytes) => (isReadableFloat(type) ? decodeFloats(type, bytes) : null),
};

const integers: Decoding = {
  allowed: `whole numbers (${INTEGER_TYPES.join(", ")}) below 2^53`,
  isAllowed: (type) => (INTEGER_TYPES as readonly string[]).includes(type),
  decode: decodeIntegers,
};

const readTensor =
  (file: string, source: ByteSource, { entries, origin }: Opened, decoding: Decoding) =>
  (name: string): TE.TaskEither<SafetensorsError, NdArray> =>
  async () => {
    const entry = entries.get(name);
    if (entry === undefined) return E.left(missing(file, name, entries.keys()));
    const { type, shape, begin, end } = entry;
    const refuse = (expected: string, found: string) =>
      E.left(invalidSafetensors(file, name, expected, found));
    if (!decoding.isAllowed(type)) return refuse(decoding.allowed, type);
    try {
      const bytes = await source.read(origin + begin, end - begin);
      if (bytes.length !== end - begin) return refuse(`${end - begin} bytes`, `${bytes.length} bytes`);
      const data = decoding.decode(type, bytes);
      return data === null
        ? refuse(decoding.allowed, `a larger number, in ${type}`)
        : E.right({ shape, data });
    } catch (thrown) {
      return E.left(fileUnreadable(file, thrown));
    }
  };

/** Reads the header of an open source, which the result keeps. Rejects if the source does. */
export const safetensorsIn = async (
  file: string,
  source: ByteSource,
): Promise<E.Either<InvalidSafetensors, SafetensorsFile>> =>
  E.map((opened: Opened): SafetensorsFile => {
    const { metadata, entries } = opened;
    const read = readTensor(file, source, opened, floats);
    const readIntegers = readTensor(file, source, opened, integers);
    return { file, metadata, entries, read, readIntegers, close: () => source.close() };
  })(await readHeader(file, source));

/** Opens a file and checks its header; the caller closes it. */
export const openSafetensors = (file: ByteFile): TE.TaskEither<SafetensorsError, SafetensorsFile> =>
  openKept(file, safetensorsIn);

/** Reads tensors one after another: the named ones of an open file, or all if left out. */
export const readTensors =
  (
    opened: SafetensorsFile,
    names: Iterable<string> = opened.entries.keys(),
  ): TE.TaskEither<SafetensorsError, Readonly<Record<string, NdArray>>> =>
  async () => {
    const tensors: [string, NdArray][] = [];
    for (const name of names) {
      const tensor = await opened.read(name)();
      if (E.isLeft(tensor)) return tensor;
      tensors.push([name, tensor.right]);
    }
    return E.right(Object.fromEntries(tensors));
  };

/** Reads a whole file. */
export const readSafetensors = (file: ByteFile): TE.TaskEither<SafetensorsError, SafetensorsContent> =>
  TE.bracket(
    openSafetensors(file),
    (opened) =>
      TE.map((tensors: SafetensorsContent["tensors"]) => ({ metadata: opened.metadata, tensors }))(
        readTensors(opened),
      ),
    (opened) => TE.fromTask(opened.close),
  );

const place = (tensors: Readonly<Record<string, NdArray>>, type: FloatType): readonly TensorEntry[] => {
  let begin = 0;
  return Object.entries(tensors).map(([name, { shape, data }]) => {
    const end = begin + data.length * numberFormats[type].bytes;
    const entry = { name, type, shape, begin, end };
    begin = end;
    return entry;
  });
};

/** The first finite number that would become infinite in the type. */
const overflow = (bytes: Uint8Array, type: FloatType, data: NdArray["data"]): number | null => {
  const stored = decodeNumbers(type, bytes);
  const at = data.findIndex((value, i) => Number.isFinite(value) && !Number.isFinite(stored[i] as number));
  return at < 0 ? null : (data[at] as number);
};

const outOfRange = (file: string, key: string, type: FloatType, found: number): ValueOutOfRange => ({
  _tag: "ValueOutOfRange",
  file,
  key,
  found,
  message: `${file}: tensor ${quoted(key)}: ${found} does not fit into ${type}; write BF16 or F32`,
});

/** Writes tensors in their record's order. Shapes and data must agree. */
export const writeSafetensors =
  (
    sink: ByteSink,
    tensors: Readonly<Record<string, NdArray>>,
    { dtype, metadata = {} }: WriteOptions,
  ): TE.TaskEither<FileUnwritable | ValueOutOfRange, void> =>
  async () => {
    try {
      await sink.write(headerBytes(place(tensors, dtype), metadata));
      for (const [name, { data }] of Object.entries(tensors)) {
        const bytes = encodeNumbers(dtype, data);
        const found = overflow(bytes, dtype, data);
        if (found !== null) return E.left(outOfRange(sink.name, name, dtype, found));
        await sink.write(bytes);
      }
      return E.right(undefined);
    } catch (thrown) {
      return E.left(fileUnwritable(sink.name, thrown));
    }
  };
