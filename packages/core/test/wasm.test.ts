import * as fc from "fast-check";
import * as O from "fp-ts/lib/Option.js";
import { describe, expect, test } from "vitest";
import { together, type WasmFunction, wasmFunction } from "../src/wasm/code.ts";
import { instantiate } from "../src/wasm/instance.ts";
import { f64x2, i32, i32x4, i64x2, v128 } from "../src/wasm/instructions.ts";
import { signed, unsigned } from "../src/wasm/leb128.ts";
import { fold, loop } from "../src/wasm/loops.ts";

/** Runs a function on memory that begins with the given words, and returns the words afterwards. */
const run = (body: WasmFunction, words: readonly number[], ...parameters: readonly number[]): Int32Array => {
  const instance = instantiate({ body }, 1);
  if (O.isNone(instance)) throw new Error("this platform has no WebAssembly with vectors");
  const memory = new Int32Array(instance.value.memory);
  memory.set(words);
  instance.value.call.body(...parameters);
  return memory;
};

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const fourInts = fc.tuple(int, int, int, int);

describe("LEB128", () => {
  test("is its examples: 624485 and -123456 of the DWARF standard and the specification's kind", () => {
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(signed(-123456n)).toEqual([0xc0, 0xbb, 0x78]);
    expect([unsigned(127), unsigned(128)]).toEqual([[0x7f], [0x80, 0x01]]);
    expect([signed(63n), signed(64n), signed(-64n), signed(-65n)]).toEqual([
      [0x3f],
      [0xc0, 0x00],
      [0x40],
      [0xbf, 0x7f],
    ]);
  });
});

describe("code", () => {
  test("constants of any size come out as they went in", () => {
    fc.assert(
      fc.property(int, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double(), (a, b, c) => {
        const body = wasmFunction([], () => [
          v128.store(i32.constant(0), 0, i32x4.constant(a)),
          v128.store(i32.constant(0), 16, i64x2.constant(b)),
          v128.store(i32.constant(32), 0, f64x2.constant(c)),
          v128.store(i32.constant(0), 48, i32x4.splat(i32.constant(a))),
        ]);
        const { buffer } = run(body, []);
        expect([...new Int32Array(buffer, 0, 4)]).toEqual([a, a, a, a]);
        expect([...new BigInt64Array(buffer, 16, 2)]).toEqual([b, b]);
        expect([...new Float64Array(buffer, 32, 2)]).toEqual([c, c]);
        expect([...new Int32Array(buffer, 48, 4)]).toEqual([a, a, a, a]);
      }),
    );
  });

  test("lanes are picked from two vectors by number", () => {
    const lanes = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fourInts, fourInts, lanes, (a, b, picked) => {
        const zero = i32.constant(0);
        const body = wasmFunction([], () => [
          v128.store(zero, 32, i32x4.pick(v128.load(zero), v128.load(zero, 16), picked)),
        ]);
        const both = [...a, ...b];
        expect([...run(body, both).subarray(8, 12)]).toEqual(picked.map((lane) => both[lane]));
      }),
    );
  });

  test("products of 32-bit numbers without a sign have 64 bits", () => {
    fc.assert(
      fc.property(fourInts, fourInts, (a, b) => {
        const zero = i32.constant(0);
        const [x, y] = [v128.load(zero), v128.load(zero, 16)];
        const body = wasmFunction([], () => [
          v128.store(zero, 32, i64x2.productsLow(x, y)),
          v128.store(zero, 48, i64x2.productsHigh(x, y)),
        ]);
        const { buffer } = run(body, [...a, ...b]);
        expect([...new BigUint64Array(buffer, 32, 4)]).toEqual(
          a.map((value, n) => BigInt(value >>> 0) * BigInt((b[n] as number) >>> 0)),
        );
      }),
    );
  });

  test("a value that is used several times is computed once, and before what overwrites it", () => {
    const body = wasmFunction([], () => {
      const zero = i32.constant(0);
      const before = v128.load(zero);
      const twice = i32x4.add(before, before);
      return [
        v128.store(zero, 0, twice),
        v128.store(zero, 16, before),
        v128.store(zero, 32, i32x4.add(twice, before)),
        v128.store(zero, 48, v128.load(zero)),
      ];
    });
    expect([...run(body, [1, 2, 3, 4]).subarray(0, 16)]).toEqual([
      ...[2, 4, 6, 8],
      ...[1, 2, 3, 4],
      ...[3, 6, 9, 12],
      ...[2, 4, 6, 8],
    ]);
  });

  test("values that are computed together are the same as alone, and are computed there", () => {
    const form = (value: ReturnType<typeof v128.load>) =>
      [3, 5, 7, 11, 13].reduce(
        (sum, n) => v128.xor(i32x4.add(i32x4.shiftLeft(sum, n), value), i32x4.add(sum, i32x4.constant(n))),
        value,
      );
    const body = (isTogether: boolean): WasmFunction =>
      wasmFunction([], () => {
        const zero = i32.constant(0);
        const values = [0, 16, 32].map((at) => form(v128.load(zero, at)));
        return [
          ...(isTogether ? [together(values), v128.store(zero, 32, i32x4.constant(0))] : []),
          ...values.map((value, n) => v128.store(zero, 64 + 16 * n, value)),
        ];
      });
    fc.assert(
      fc.property(fourInts, fourInts, fourInts, (a, b, c) => {
        const words = [a, b, c].flat();
        const alone = [...run(body(false), words).subarray(16, 28)];
        expect([...run(body(true), words).subarray(16, 28)]).toEqual(alone);
      }),
    );
  });
});

describe("loops", () => {
  test("turn for from, from + step, ... below to, and at least once", () => {
    const body = wasmFunction(["from", "to"], ({ from, to }) => [
      loop({ from, to, step: 32 }, (at) => [v128.store(at, 0, i32x4.splat(at))]),
    ]);
    const places = (...parameters: readonly number[]): readonly number[] =>
      [...run(body, [], ...parameters)].flatMap((value, n) => (n % 4 === 0 && value > 0 ? [4 * n] : []));
    expect(places(16, 80)).toEqual([16, 48]);
    expect(places(16, 81)).toEqual([16, 48, 80]);
    expect(places(64, 0)).toEqual([64]);
  });

  test("what a turn gives, all of it, is what the next one has", () => {
    // Fibonacci numbers. If one value were set before the other is computed, they would be powers of two.
    const body = wasmFunction([], () => {
      const { loop: turns, values } = fold(
        { from: i32.constant(0), to: i32.constant(20), step: 1 },
        [i32x4.constant(0), i32x4.constant(1)],
        (_, [a, b]) => ({ next: [b, i32x4.add(a, b)] }),
      );
      return [turns, ...values.map((value, n) => v128.store(i32.constant(0), 16 * n, value))];
    });
    const memory = run(body, []);
    expect([memory[0], memory[4]]).toEqual([6765, 10946]);
  });

  test("can be nested", () => {
    const body = wasmFunction(["end"], ({ end }) => [
      loop({ from: i32.constant(0), to: end, step: 16 }, (at) => {
        const { loop: doubling, values } = fold(
          { from: i32.constant(5), to: i32.constant(15), step: 2 },
          [v128.load(at)],
          (_, [a]) => ({ next: [i32x4.add(a, a)] }),
        );
        return [doubling, ...values.map((value) => v128.store(at, 0, value))];
      }),
    ]);
    fc.assert(
      fc.property(fc.array(fourInts, { minLength: 1, maxLength: 9 }), (vectors) => {
        const words = vectors.flat();
        expect([...run(body, words, 4 * words.length).subarray(0, words.length)]).toEqual(
          words.map((word) => (word * 32) | 0),
        );
      }),
    );
  });
});
