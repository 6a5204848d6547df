/**
 * Weights in safetensors files. The header is read and checked first; a tensor's bytes are read when it is
 * asked for, so that a file of any size costs the memory of one tensor.
 */
import { type FileHandle, open } from "node:fs/promises";
import type { NdArray } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { readBytes } from "./checkpoint/file-bytes.ts";
import {
  type FileUnreadable,
  type FileUnwritable,
  fileUnreadable,
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
import { replaceFile } from "./replace-file.ts";
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

/** An open file: what is in it is known, nothing of it is read. */
export interface SafetensorsFile extends SafetensorsHeader {
  readonly file: string;
  /** One tensor as float32, from F32, F16, BF16 or F64 (which is rounded). */
  readonly read: (name: string) => TE.TaskEither<SafetensorsError, NdArray>;
  /** One tensor of whole numbers, as float64; beyond 2^53 they are refused. */
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

const readHeader = async (file: string, handle: FileHandle): Promise<E.Either<SafetensorsError, Opened>> => {
  const { size } = await handle.stat();
  const length = headerLength(file, await readBytes(handle, 0, LENGTH_BYTES), size);
  if (E.isLeft(length)) return length;
  const origin = LENGTH_BYTES + length.right;
  const header = parseHeader(file, await readBytes(handle, LENGTH_BYTES, length.right), size - origin);
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

/** Numbers of a type, null where they cannot be held; `allowed` names what is expected. */
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
  (file: string, handle: FileHandle, { entries, origin }: Opened, decoding: Decoding) =>
  (name: string): TE.TaskEither<SafetensorsError, NdArray> =>
  async () => {
    const entry = entries.get(name);
    if (entry === undefined) return E.left(missing(file, name, entries.keys()));
    const { type, shape, begin, end } = entry;
    const refuse = (expected: string, found: string) =>
      E.left(invalidSafetensors(file, name, expected, found));
    if (!decoding.isAllowed(type)) return refuse(decoding.allowed, type);
    try {
      const bytes = await readBytes(handle, origin + begin, end - begin);
      if (bytes.length !== end - begin) return refuse(`${end - begin} bytes`, `${bytes.length} bytes`);
      const data = decoding.decode(type, bytes);
      return data === null ? refuse(decoding.allowed, `a larger one of ${type}`) : E.right({ shape, data });
    } catch (thrown) {
      return E.left(fileUnreadable(file, thrown));
    }
  };

/** Opens a file and checks its header; the caller closes it. */
export const openSafetensors =
  (file: string): TE.TaskEither<SafetensorsError, SafetensorsFile> =>
  async () => {
    const handle = await open(file, "r").catch((thrown: unknown) => fileUnreadable(file, thrown));
    if ("_tag" in handle) return E.left(handle);
    try {
      const opened = await readHeader(file, handle);
      if (E.isLeft(opened)) {
        await handle.close();
        return opened;
      }
      const { metadata, entries } = opened.right;
      const read = readTensor(file, handle, opened.right, floats);
      const readIntegers = readTensor(file, handle, opened.right, integers);
      return E.right({ file, metadata, entries, read, readIntegers, close: () => handle.close() });
    } catch (thrown) {
      await handle.close();
      return E.left(fileUnreadable(file, thrown));
    }
  };

/** Reads tensors one after another: the named ones of an open file, all when left out. */
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
export const readSafetensors = (file: string): TE.TaskEither<SafetensorsError, SafetensorsContent> =>
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

/** The first finite number that the type would make infinite. */
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

/** Writes tensors in their record's order, beside the file first. Shapes and data must agree. */
export const writeSafetensors =
  (
    file: string,
    tensors: Readonly<Record<string, NdArray>>,
    { dtype, metadata = {} }: WriteOptions,
  ): TE.TaskEither<FileUnwritable | ValueOutOfRange, void> =>
  async () => {
    let refused: ValueOutOfRange | null = null;
    const written = await replaceFile(file, async (draft) => {
      await draft.writeFile(headerBytes(place(tensors, dtype), metadata));
      for (const [name, { data }] of Object.entries(tensors)) {
        const bytes = encodeNumbers(dtype, data);
        const found = overflow(bytes, dtype, data);
        if (found !== null) {
          refused = outOfRange(file, name, dtype, found);
          throw new Error("a number does not fit");
        }
        await draft.writeFile(bytes);
      }
    })();
    return refused === null ? written : E.left(refused);
  };
