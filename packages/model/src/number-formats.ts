/** Numbers as checkpoints store them, little-endian. F32, F16 and BF16 are read and written, others only read. */
import { fromHalf, toHalf } from "@tadsr/core";

export const FLOAT_TYPES = ["F32", "F16", "BF16"] as const;

export type FloatType = (typeof FLOAT_TYPES)[number];

interface NumberFormat {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
  /** Rounds to nearest, ties to even. Too large numbers become infinite. */
  readonly write: (view: DataView, at: number, value: number) => void;
}

/** The upper half of a float32's bits. A NaN stays one, because its top mantissa bit is set. */
const bfloat16Bits = (bits: number): number => {
  const isNotANumber = (bits & 0x7fffffff) > 0x7f800000;
  if (isNotANumber) return (bits >>> 16) | 0x0040;
  // Half of the last kept bit, one unit less if that bit is even. A carry into the exponent gives the right result.
  const rounding = 0x7fff + ((bits >>> 16) & 1);
  return (bits + rounding) >>> 16;
};

export const numberFormats: Readonly<Record<FloatType, NumberFormat>> = {
  F32: {
    bytes: 4,
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
  },
  F16: {
    bytes: 2,
    read: (view, at) => fromHalf(view.getUint16(at, true)),
    write: (view, at, value) => view.setUint16(at, toHalf(value), true),
  },
  BF16: {
    bytes: 2,
    read: (view, at) => {
      const [low, high] = [view.getUint8(at), view.getUint8(at + 1)];
      SCRATCH.setUint32(0, ((high << 24) | (low << 16)) >>> 0);
      return SCRATCH.getFloat32(0);
    },
    write: (view, at, value) => {
      SCRATCH.setFloat32(0, value);
      view.setUint16(at, bfloat16Bits(SCRATCH.getUint32(0)), true);
    },
  },
};

/** Room for a float32, to see its bits. */
const SCRATCH = new DataView(new ArrayBuffer(4));

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The numbers in `bytes`, which has no gaps. F32 numbers may share its memory. */
export const decodeNumbers = (type: FloatType, bytes: Uint8Array): Float32Array => {
  const format = numberFormats[type];
  const length = bytes.byteLength / format.bytes;
  if (type === "F32" && IS_LITTLE_ENDIAN && bytes.byteOffset % 4 === 0 && Number.isInteger(length))
    return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(length);
  if (format.bytes === 4) {
    for (let i = 0; i < length; i++) result[i] = format.read(view, 4 * i);
    return result;
  }
  // Two bytes have few patterns, so a table is a hundred times as fast. It holds bits, since there are several NaNs.
  const bits = new Uint32Array(result.buffer);
  const patterns = patternsOf(type);
  for (let i = 0; i < bits.length; i++) bits[i] = patterns[view.getUint16(2 * i, true)] as number;
  return result;
};

const known = new Map<FloatType, Uint32Array>();

/** The bits of the float32 for each pattern of two bytes. */
const patternsOf = (type: FloatType): Uint32Array => {
  const before = known.get(type);
  if (before !== undefined) return before;
  const view = new DataView(new ArrayBuffer(2));
  const numbers = new Float32Array(2 ** 16);
  for (let pattern = 0; pattern < numbers.length; pattern++) {
    view.setUint16(0, pattern, true);
    numbers[pattern] = numberFormats[type].read(view, 0);
  }
  const patterns = new Uint32Array(numbers.buffer);
  known.set(type, patterns);
  return patterns;
};

/** Types that can be read as float32. */
export const READABLE_FLOATS = [...FLOAT_TYPES, "F64"] as const;

export type ReadableFloat = (typeof READABLE_FLOATS)[number];

export const isReadableFloat = (type: string): type is ReadableFloat =>
  (READABLE_FLOATS as readonly string[]).includes(type);

/** As float32. F64 is rounded; null if a finite number would become infinite. */
export const decodeFloats = (type: ReadableFloat, bytes: Uint8Array): Float32Array | null => {
  if (type !== "F64") return decodeNumbers(type, bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(bytes.byteLength / 8);
  for (let i = 0; i < result.length; i++) {
    const value = view.getFloat64(8 * i, true);
    result[i] = value;
    if (Number.isFinite(value) && !Number.isFinite(result[i])) return null;
  }
  return result;
};

const integerFormats = {
  I64: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) },
  U64: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigUint64(at, true)) },
  I32: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  U32: { bytes: 4, read: (view: DataView, at: number) => view.getUint32(at, true) },
  I16: { bytes: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  U16: { bytes: 2, read: (view: DataView, at: number) => view.getUint16(at, true) },
  I8: { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  U8: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  BOOL: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
} as const;

type IntegerType = keyof typeof integerFormats;

export const INTEGER_TYPES = Object.keys(integerFormats) as readonly IntegerType[];

const isIntegerType = (type: string): type is IntegerType => Object.hasOwn(integerFormats, type);

/** Whole numbers as float64. Null for other types, and if a number is beyond 2^53. */
export const decodeIntegers = (type: string, bytes: Uint8Array): Float64Array | null => {
  if (!isIntegerType(type)) return null;
  const format = integerFormats[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float64Array(bytes.byteLength / format.bytes);
  for (let i = 0; i < result.length; i++) {
    const value = format.read(view, i * format.bytes);
    if (!Number.isSafeInteger(value)) return null;
    result[i] = value;
  }
  return result;
};

export const encodeNumbers = (type: FloatType, numbers: Float32Array | Float64Array): Uint8Array => {
  const format = numberFormats[type];
  const bytes = new Uint8Array(numbers.length * format.bytes);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < numbers.length; i++) format.write(view, i * format.bytes, numbers[i] as number);
  return bytes;
};
