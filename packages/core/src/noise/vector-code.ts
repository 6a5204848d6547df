/**
 * The noise in WebAssembly's vectors. The arithmetic is that of `philox.ts` and `normals.ts`, operation for operation,
 * so the numbers are the same to the last bit. Only factors that are powers of two are applied at other places, which
 * changes no bit.
 */
import { together, type Vector, type WasmFunction, wasmFunction } from "../wasm/code.ts";
import { f64x2, i32, i32x4, i64x2, v128 } from "../wasm/instructions.ts";
import { fold, loop } from "../wasm/loops.ts";

const { add, multiply, subtract, divide, sqrt, constant } = f64x2;
const { and, or, xor, load, store } = v128;
const { pick } = i32x4;

type FourVectors = readonly [Vector, Vector, Vector, Vector];

/** High and low words of four products. */
const products = (a: Vector, b: Vector): readonly [high: Vector, low: Vector] => {
  const [low, high] = [i64x2.productsLow(a, b), i64x2.productsHigh(a, b)];
  return [pick(low, high, [1, 3, 5, 7]), pick(low, high, [0, 2, 4, 6])];
};

/** One of Philox's rounds for four blocks: word 0 of all four, word 1, word 2, word 3. */
const round = ([c_0, c_1, c_2, c_3]: FourVectors, k_0: Vector, k_1: Vector): FourVectors => {
  const [high_0, low_0] = products(c_0, i32x4.constant(0xd2511f53));
  const [high_1, low_1] = products(c_2, i32x4.constant(0xcd9e8d57));
  return [xor(xor(high_1, c_1), k_0), low_1, xor(xor(high_0, c_3), k_1), low_0];
};

/** Transposes four vectors of four lanes. */
const transposed = ([a, b, c, d]: FourVectors): readonly Vector[] =>
  [
    [0, 4, 1, 5],
    [2, 6, 3, 7],
  ].flatMap((lanes) => {
    const [ab, cd] = [pick(a, b, lanes), pick(c, d, lanes)];
    return [pick(ab, cd, [0, 1, 4, 5]), pick(ab, cd, [2, 3, 6, 7])];
  });

/** Writes the words from the block `low`, `high` on to 0..end, eight blocks a turn. `low` does not pass 2^32. */
const words = wasmFunction(
  ["key_0", "key_1", "stream_0", "stream_1", "low", "high", "end"],
  ({ key_0, key_1, stream_0, stream_1, low, high, end }) => [
    loop({ from: i32.constant(0), to: end, step: 128 }, (at) => {
      const first = i32x4.splat(i32.add(low, i32.shiftRight(at, 4)));
      const rest = [high, stream_0, stream_1].map(i32x4.splat);
      const blocks = [i32x4.constants(0, 1, 2, 3), i32x4.constants(4, 5, 6, 7)].flatMap((block) => [
        i32x4.add(first, block),
        ...rest,
      ]);
      const keys = [i32x4.splat(key_0), i32x4.splat(key_1)] as const;
      const fourFrom = (vectors: readonly Vector[], at: number): FourVectors =>
        vectors.slice(at, at + 4) as unknown as FourVectors;
      const tenTimes = { from: i32.constant(0), to: i32.constant(10), step: 1 };
      const rounds = fold(tenTimes, [...keys, ...blocks], (_, [k_0, k_1, ...counters]) => ({
        next: [
          i32x4.add(k_0, i32x4.constant(0x9e3779b9)),
          i32x4.add(k_1, i32x4.constant(0xbb67ae85)),
          ...[0, 4].flatMap((n) => round(fourFrom(counters, n), k_0, k_1)),
        ],
      }));
      const [, , ...random] = rounds.values;
      const results = [0, 4].flatMap((n) => transposed(fourFrom(random, n)));
      return [rounds.loop, ...results.map((result, n) => store(at, 16 * n, result))];
    }),
  ],
);

/** Writes the four numbers of each block of words in 0..end to memory from `to` on, `blocks` blocks a turn. */
const numbers = (blocks: number, formula: (words: Vector) => readonly [Vector, Vector]): WasmFunction =>
  wasmFunction(["end", "to"], ({ end, to }) => [
    loop({ from: i32.constant(0), to: end, step: 16 * blocks }, (at) => {
      const place = i32.add(to, i32.add(at, at));
      const loaded = Array.from({ length: blocks }, (_, n) => load(at, 16 * n));
      const results = loaded.flatMap(formula);
      const stores = results.map((result, n) => store(place, 16 * n, result));
      return [together(loaded), together(results), ...stores];
    }),
  ]);

const uniforms = numbers(1, (block) => {
  const [first, last] = [block, pick(block, block, [2, 3, 2, 3])].map((two) =>
    multiply(f64x2.fromUnsigned(two), constant(2 ** -32)),
  );
  return [first as Vector, last as Vector];
});

/** c_0 + x (c_1 + x (c_2 + ...)). */
const polynomial = (coefficients: readonly number[], x: Vector): Vector =>
  coefficients.map(constant).reduceRight((sum, coefficient) => add(coefficient, multiply(x, sum)));

/** The bits of a float64. */
const bitsOf = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;

const TWO_52 = 2 ** 52;

/** 2^52 plus the whole number of 52 bits that each lane holds. */
const withTwo52 = (bits: Vector): Vector => or(bits, i64x2.constant(bitsOf(TWO_52)));

/** For words a and c of a block a, b, c, d: sqrt(-2 ln((2 word + 1) / 2^33)). */
const radii = (block: Vector): Vector => {
  // word + 1/2 = f 2^exponent. Read as whole numbers, its bits and f's are equally far from those of 1 / sqrt 2, except
  // for the exponent's bits. The exponent is -1 or more.
  const x = subtract(withTwo52(and(block, i64x2.constant(0xffffffffn))), constant(TWO_52 - 0.5));
  const lowest = bitsOf(Math.SQRT1_2);
  const exponentBit = 1n << 52n;
  const distance = i64x2.add(x, i64x2.constant(exponentBit - lowest));
  const f = i64x2.add(and(distance, i64x2.constant(exponentBit - 1n)), i64x2.constant(lowest));
  const exponent = subtract(withTwo52(i64x2.shiftRight(distance, 52)), constant(TWO_52 + 1 + 32));
  const s = divide(subtract(f, constant(1)), add(f, constant(1)));
  const series = Array.from({ length: 12 }, (_, n) => -4 * (1 / (2 * n + 1)));
  const log = multiply(s, polynomial(series, multiply(s, s)));
  return sqrt(add(multiply(exponent, constant(-2 * Math.LN2)), log));
};

const SINE = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800, -1 / 1307674368000];
const COSINE = [
  ...[1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600, -1 / 87178291200],
  1 / 20922789888000,
];

/** Three blocks a turn: with more, the registers cannot hold the intermediate results. */
const normals = numbers(3, (block) => {
  const r = radii(block);
  // An eighth of a turn is added to the angle. Then two bits give the quarters, and the others the rest plus an eighth.
  const angle = i32x4.add(pick(block, block, [1, 1, 3, 3]), i32x4.constant(0x20000000));
  const rest = subtract(withTwo52(and(angle, i64x2.constant(0x3fffffffn))), constant(TWO_52 + 0x20000000));
  const x = multiply(rest, constant((2 * Math.PI) / 2 ** 32));
  const q = multiply(x, x);
  const sine = multiply(x, polynomial(SINE, q));
  const cosine = polynomial(COSINE, q);
  // If the number of quarters is odd, sine and cosine change places and one of them changes its sign.
  const next = i32x4.shiftLeft(angle, 1);
  const change = and(xor(sine, cosine), i32x4.shiftRightSigned(next, 31));
  const sign = i64x2.constant(1n << 63n);
  const even = xor(multiply(r, xor(cosine, change)), and(xor(angle, next), sign));
  const odd = xor(multiply(r, xor(sine, change)), and(angle, sign));
  return [pick(even, odd, [0, 1, 4, 5]), pick(even, odd, [2, 3, 6, 7])];
});

/** Rounds the float64 numbers from `from` on to float32 and writes them to 0..end. */
const rounded = wasmFunction(["end", "from"], ({ end, from }) => [
  loop({ from: i32.constant(0), to: end, step: 16 }, (at) => {
    const place = i32.add(from, i32.add(at, at));
    const [a, b] = [f64x2.toFloat32(load(place)), f64x2.toFloat32(load(place, 16))];
    return [store(at, 0, pick(a, b, [0, 1, 4, 5]))];
  }),
]);

export const noiseFunctions = { words, uniforms, normals, rounded };
