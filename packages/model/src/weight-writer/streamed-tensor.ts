/** Tensors that are written one after another: names, types and shapes are known before, numbers come later. */
import { elements, type NdArray } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { DTYPE_BYTES, type TensorDtype } from "../checkpoint/dtypes.ts";
import type { ValueOutOfRange } from "../errors.ts";
import { decodeNumbers, encodeNumbers, FLOAT_TYPES, type FloatType } from "../number-formats.ts";

export interface StreamedTensor<E1> {
  readonly name: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  /** As many numbers as the shape says. */
  readonly read: TE.TaskEither<E1, NdArray>;
}

type AnyTensor = Omit<StreamedTensor<unknown>, "read">;

export const byteLength = ({ dtype, shape }: AnyTensor): number => elements(shape) * DTYPE_BYTES[dtype];

const isFloatType = (dtype: TensorDtype): dtype is FloatType =>
  (FLOAT_TYPES as readonly string[]).includes(dtype);

type Setter = (view: DataView, at: number, value: number) => void;

const SETTERS: Readonly<Record<Exclude<TensorDtype, FloatType>, Setter>> = {
  F64: (view, at, value) => view.setFloat64(at, value, true),
  I64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  I32: (view, at, value) => view.setInt32(at, value, true),
  I16: (view, at, value) => view.setInt16(at, value, true),
  I8: (view, at, value) => view.setInt8(at, value),
  U8: (view, at, value) => view.setUint8(at, value),
  BOOL: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1),
};

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The first finite number that would become infinite in the type; null if all fit. */
const overflow = (bytes: Uint8Array, type: FloatType, data: NdArray["data"]): number | null => {
  const stored = decodeNumbers(type, bytes);
  const at = data.findIndex((value, i) => Number.isFinite(value) && !Number.isFinite(stored[i] as number));
  return at < 0 ? null : (data[at] as number);
};

/** A tensor's bytes, little-endian. Whole numbers must fit their type; numbers that were read from it do. */
export const encodeTensor = (
  file: string,
  { name, dtype }: AnyTensor,
  { data }: NdArray,
): E.Either<ValueOutOfRange, Uint8Array> => {
  if (!isFloatType(dtype)) {
    const set = SETTERS[dtype];
    const bytes = new Uint8Array(data.length * DTYPE_BYTES[dtype]);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of data.entries()) set(view, i * DTYPE_BYTES[dtype], value);
    return E.right(bytes);
  }
  if (dtype === "F32" && data instanceof Float32Array && IS_LITTLE_ENDIAN)
    return E.right(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const bytes = encodeNumbers(dtype, data);
  const found = overflow(bytes, dtype, data);
  if (found === null) return E.right(bytes);
  const message = `${file}: tensor ${JSON.stringify(name)}: ${found} does not fit into ${dtype}; write BF16 or F32`;
  return E.left({ _tag: "ValueOutOfRange", file, key: name, found, message });
};
