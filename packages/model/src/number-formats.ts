/** Floating-point numbers as safetensors holds them: little-endian F32, F16 and BF16. */
import { getFloat16, setFloat16 } from "@petamoriken/float16";

export const FLOAT_TYPES = ["F32", "F16", "BF16"] as const;

export type FloatType = (typeof FLOAT_TYPES)[number];

interface NumberFormat {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
  /** Rounds to nearest, ties to even; too large becomes infinite. */
  readonly write: (view: DataView, at: number, value: number) => void;
}

/** The upper half of a float32's bits. A NaN stays one: its top mantissa bit is set. */
const bfloat16Bits = (bits: number): number => {
  const isNotANumber = (bits & 0x7fffffff) > 0x7f800000;
  if (isNotANumber) return (bits >>> 16) | 0x0040;
  // Half of the last kept bit, less a hair where that bit is even; a carry into the exponent is right.
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
    read: (view, at) => getFloat16(view, at, true),
    write: (view, at, value) => setFloat16(view, at, value, true),
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

/** Where a float32's bits are looked at. */
const SCRATCH = new DataView(new ArrayBuffer(4));

/** The numbers of `bytes`, which holds them without a gap. */
export const decodeNumbers = (type: FloatType, bytes: Uint8Array): Float32Array => {
  const format = numberFormats[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result = new Float32Array(bytes.byteLength / format.bytes);
  for (let i = 0; i < result.length; i++) result[i] = format.read(view, i * format.bytes);
  return result;
};

export const encodeNumbers = (type: FloatType, numbers: Float32Array | Float64Array): Uint8Array => {
  const format = numberFormats[type];
  const bytes = new Uint8Array(numbers.length * format.bytes);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < numbers.length; i++) format.write(view, i * format.bytes, numbers[i] as number);
  return bytes;
};
