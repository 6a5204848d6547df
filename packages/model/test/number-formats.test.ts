import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeNumbers, encodeNumbers, type FloatType } from "../src/number-formats.ts";

/** The value of 16 bits with the given sizes of exponent and mantissa, from the definition. */
const defined = (bits: number, exponentBits: number, mantissaBits: number): number => {
  const sign = bits >>> 15 === 0 ? 1 : -1;
  const exponent = (bits >>> mantissaBits) & (2 ** exponentBits - 1);
  const mantissa = bits & (2 ** mantissaBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1)
    return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0
    ? sign * mantissa * 2 ** (1 - bias - mantissaBits)
    : sign * (1 + mantissa / 2 ** mantissaBits) * 2 ** (exponent - bias);
};

const layouts = { F16: [5, 10], BF16: [8, 7] } as const;

const allBits = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

const decodeBits = (type: FloatType, bits: Uint16Array): Float32Array => {
  const bytes = new Uint8Array(bits.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of bits.entries()) view.setUint16(2 * i, value, true);
  return decodeNumbers(type, bytes);
};

const bitsOf = (type: FloatType, numbers: Float32Array | Float64Array): Uint16Array => {
  const bytes = encodeNumbers(type, numbers);
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: numbers.length }, (_, i) => view.getUint16(2 * i, true));
};

describe.each(["F16", "BF16"] as const)("%s", (type) => {
  const [exponentBits, mantissaBits] = layouts[type];
  const values = Array.from(allBits, (bits) => defined(bits, exponentBits, mantissaBits));

  it("reads each of the 65536 patterns as its definition says", () => {
    const found = decodeBits(type, allBits);
    const wrong = values.filter((value, bits) => !Object.is(found[bits], value));
    expect(wrong).toEqual([]);
  });

  it("writes each of them back, a NaN as some NaN", () => {
    const back = bitsOf(type, decodeBits(type, allBits));
    const wrong = [...allBits].filter((bits) =>
      Number.isNaN(values[bits] as number)
        ? !Number.isNaN(defined(back[bits] as number, exponentBits, mantissaBits))
        : back[bits] !== bits,
    );
    expect(wrong).toEqual([]);
  });

  it("rounds to nearest, ties to even, between each two neighbours, subnormals and overflow too", () => {
    const infinity = (2 ** exponentBits - 1) << mantissaBits;
    const step = (at: number): number => (values[at] as number) - (values[at - 1] as number);
    const wrong: number[] = [];
    for (let bits = 0; bits < infinity; bits++) {
      // Beyond the largest number, infinity is in the place of the next number.
      const next =
        bits + 1 === infinity ? (values[bits] as number) + step(bits) : (values[bits + 1] as number);
      const middle = ((values[bits] as number) + next) / 2;
      // The neighbours of the middle in float32, from its bits.
      const [below, tie, above] = neighbours(middle);
      const even = bits % 2 === 0 ? bits : bits + 1;
      const found = bitsOf(type, Float32Array.of(below, tie, above, -below, -tie, -above));
      const expected = [bits, even, bits + 1];
      const signed = [...expected, ...expected.map((b) => b | 0x8000)];
      if (signed.some((b, i) => b !== found[i])) wrong.push(bits);
    }
    expect(wrong).toEqual([]);
  });
});

/** The float32 numbers around a positive one that float32 holds. */
const neighbours = (value: number): readonly [number, number, number] => {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const [below, above] = [bits - 1, bits + 1].map((b) => {
    view.setUint32(0, b);
    return view.getFloat32(0);
  }) as [number, number];
  return [below, value, above];
};

describe("F32", () => {
  it("keeps every bit", () => {
    fc.assert(
      fc.property(fc.float32Array(), (numbers) => {
        expect(decodeNumbers("F32", encodeNumbers("F32", numbers))).toEqual(numbers);
      }),
    );
  });

  it("is little-endian, wherever its bytes lie", () => {
    const bytes = Uint8Array.of(9, 0, 0, 128, 63, 9).subarray(1, 5);
    expect([...decodeNumbers("F32", bytes)]).toEqual([1]);
  });
});
