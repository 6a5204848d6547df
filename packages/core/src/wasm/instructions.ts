/** The instructions that the project uses. WebAssembly Core Specification 2.0, section 5.4, "Instructions". */
import type { Action, Int, Kind, Value, Vector } from "./code.ts";
import { signed, unsigned } from "./leb128.ts";

const simd = (opcode: number): readonly number[] => [0xfd, ...unsigned(opcode)];

const unary =
  <A extends Kind, K extends Kind>(kind: K, code: readonly number[]) =>
  (a: Value<A>): Value<K> => ({ kind, operands: [a], code });

const binary =
  <A extends Kind, B extends Kind, K extends Kind>(kind: K, code: readonly number[]) =>
  (a: Value<A>, b: Value<B>): Value<K> => ({ kind, operands: [a, b], code });

const ofInts = (opcode: number) => binary<"i32", "i32", "i32">("i32", [opcode]);
const ofVector = (opcode: number) => unary<"v128", "v128">("v128", simd(opcode));
const ofVectors = (opcode: number) => binary<"v128", "v128", "v128">("v128", simd(opcode));

const int = (value: number): Int => ({
  kind: "i32",
  operands: [],
  code: [0x41, ...signed(BigInt(value | 0))],
});

const constant = (code: readonly number[]): Vector => ({ kind: "v128", operands: [], code });

/** Shifts all lanes by the same number of bits. */
const shift = (opcode: number) => {
  const by = binary<"v128", "i32", "v128">("v128", simd(opcode));
  return (a: Vector, bits: number): Vector => by(a, int(bits));
};

/** The immediate of a memory instruction: `offset` bytes beyond the address, which needs no alignment. */
const beyond = (offset: number): readonly number[] => [0, ...unsigned(offset)];

const load = (address: Int, offset = 0): Vector => ({
  kind: "v128",
  operands: [address],
  code: [...simd(0), ...beyond(offset)],
});

/** The number of 32 bits at an address, in every lane. */
const loadSplat = (address: Int): Vector => ({
  kind: "v128",
  operands: [address],
  code: [...simd(9), ...beyond(0)],
});

const store = (address: Int, offset: number, value: Vector): Action => ({
  operands: [address, value],
  code: [...simd(11), ...beyond(offset)],
});

/** Picks four 32-bit lanes: lanes 0..3 are a's, lanes 4..7 are b's. */
const pick = (a: Vector, b: Vector, lanes: readonly number[]): Vector => ({
  kind: "v128",
  operands: [a, b],
  code: [...simd(13), ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))],
});

export const i32 = {
  constant: int,
  add: ofInts(0x6a),
  /** 1 if a is below b, else 0. Both are unsigned. */
  isBelow: ofInts(0x49),
  /** Zeros are shifted in from the left. */
  shiftRight: (a: Int, bits: number): Int => ofInts(0x76)(a, int(bits)),
};

export const v128 = { load, loadSplat, store, and: ofVectors(78), or: ofVectors(80), xor: ofVectors(81) };

export const i32x4 = {
  /** The same number in every lane. */
  constant: (a: number): Vector => constant([0x41, ...signed(BigInt(a | 0)), ...simd(17)]),
  constants: (...lanes: readonly number[]): Vector =>
    constant([...simd(12), ...new Uint8Array(Int32Array.from(lanes).buffer)]),
  splat: unary<"i32", "v128">("v128", simd(17)),
  add: ofVectors(174),
  shiftLeft: shift(171),
  /** Copies of the sign bit are shifted in from the left. */
  shiftRightSigned: shift(172),
  pick,
};

export const i64x2 = {
  /** The same in both lanes. */
  constant: (a: bigint): Vector => constant([0x42, ...signed(BigInt.asIntN(64, a)), ...simd(18)]),
  add: ofVectors(206),
  subtract: ofVectors(209),
  /** Zeros are shifted in from the left. */
  shiftRight: shift(205),
  /** The products of the 32-bit lanes 0 and 1, unsigned. */
  productsLow: ofVectors(222),
  /** The products of the 32-bit lanes 2 and 3, unsigned. */
  productsHigh: ofVectors(223),
};

export const f32x4 = {
  /** The same number in every lane. */
  constant: (a: number): Vector =>
    constant([0x43, ...new Uint8Array(Float32Array.of(a).buffer), ...simd(19)]),
  add: ofVectors(228),
  multiply: ofVectors(230),
};

export const f64x2 = {
  /** The same in both lanes. */
  constant: (a: number): Vector =>
    constant([0x44, ...new Uint8Array(Float64Array.of(a).buffer), ...simd(20)]),
  add: ofVectors(240),
  subtract: ofVectors(241),
  multiply: ofVectors(242),
  divide: ofVectors(243),
  sqrt: ofVector(239),
  /** Converts the 32-bit lanes 0 and 1, unsigned, to float64. */
  fromUnsigned: ofVector(255),
  /** Rounds to float32, into lanes 0 and 1. The others are 0. */
  toFloat32: ofVector(94),
};
