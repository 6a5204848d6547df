import * as fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import { type NoiseSource, noiseSource, normal, philox4x32, uniform } from "../src/index.ts";

const ONES = 0xffffffff;
const LARGEST = Number.MAX_SAFE_INTEGER;

describe("Philox 4x32-10", () => {
  test("gives its three published known answers", () => {
    expect(philox4x32([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(philox4x32([ONES, ONES, ONES, ONES], [ONES, ONES])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  /** The definition, computed with integers of any size. */
  const inBigIntegers = (counter: readonly number[], key: readonly number[]): readonly number[] => {
    const mask = 0xffffffffn;
    let [c_0, c_1, c_2, c_3] = counter.map(BigInt);
    let [k_0, k_1] = key.map(BigInt);
    for (let round = 0; round < 10; round++) {
      const first = 0xd2511f53n * (c_0 ?? 0n);
      const second = 0xcd9e8d57n * (c_2 ?? 0n);
      [c_0, c_1, c_2, c_3] = [
        (second >> 32n) ^ (c_1 ?? 0n) ^ (k_0 ?? 0n),
        second & mask,
        (first >> 32n) ^ (c_3 ?? 0n) ^ (k_1 ?? 0n),
        first & mask,
      ];
      k_0 = ((k_0 ?? 0n) + 0x9e3779b9n) & mask;
      k_1 = ((k_1 ?? 0n) + 0xbb67ae85n) & mask;
    }
    return [c_0, c_1, c_2, c_3].map(Number);
  };

  const word = fc.integer({ min: 0, max: ONES });

  test("is its definition in integers of any size", () => {
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect(philox4x32(counter, key)).toEqual(inBigIntegers(counter, key));
      }),
    );
  });

  const index = fc.integer({ min: 0, max: LARGEST - 1 });
  const halves = (value: number): [number, number] => {
    const big = BigInt(value);
    return [Number(big & 0xffffffffn), Number(big >> 32n)];
  };
  const wordAt = (seed: number, stream: number, position: number): number => {
    const block = philox4x32([...halves(Math.floor(position / 4)), ...halves(stream)], halves(seed));
    return block[position % 4] ?? Number.NaN;
  };

  test("a uniform is word position % 4 of the block [position / 4, stream] under the key seed", () => {
    fc.assert(
      fc.property(index, index, index, (seed, stream, position) => {
        expect(uniform({ seed, stream }, position, 1)[0]).toBe(wordAt(seed, stream, position) / 2 ** 32);
      }),
    );
  });

  test("the same holds if the number of the block passes a multiple of 2^32, in a long draw and in a short one", () => {
    const passes = fc.integer({ min: 1, max: 2 ** 19 - 1 }).map((n) => n * 2 ** 34);
    const around = Array.from({ length: 24 }, (_, n) => n - 12);
    fc.assert(
      fc.property(index, index, passes, fc.constantFrom(12, 5000), (seed, stream, pass, margin) => {
        const found = uniform({ seed, stream }, pass - margin, 2 * margin);
        expect(around.map((n) => found[margin + n])).toEqual(
          around.map((n) => wordAt(seed, stream, pass + n) / 2 ** 32),
        );
      }),
    );
  });
});

describe("noise is a function of seed, stream and position alone", () => {
  const source = fc.record({
    seed: fc.integer({ min: 0, max: LARGEST }),
    stream: fc.integer({ min: 0, max: LARGEST }),
  });
  const position = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: LARGEST - 200 }));

  test("the same for every way to cut it into draws", () => {
    fc.assert(
      fc.property(
        source,
        position,
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 }),
        (from, start, lengths) => {
          const total = lengths.reduce((a, b) => a + b, 0);
          for (const draw of [uniform, normal]) {
            let at = start;
            const pieces = lengths.flatMap((length) => {
              const piece = [...draw(from, at, length)];
              at += length;
              return piece;
            });
            expect(pieces).toEqual([...draw(from, start, total)]);
          }
        },
      ),
    );
  });

  test("the same in every order of draws", () => {
    const shuffled = fc.shuffledSubarray(
      Array.from({ length: 24 }, (_, i) => i),
      { minLength: 24 },
    );
    fc.assert(
      fc.property(source, position, shuffled, (from, start, order) => {
        for (const draw of [uniform, normal]) {
          const whole = draw(from, start, 24);
          for (const i of order) expect(draw(from, start + i, 1)[0]).toBe(whole[i]);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("another seed or another stream gives other noise", () => {
    fc.assert(
      fc.property(source, source, (a, b) => {
        fc.pre(a.seed !== b.seed || a.stream !== b.stream);
        expect([...uniform(a, 0, 4)]).not.toEqual([...uniform(b, 0, 4)]);
      }),
    );
  });

  test("the same numbers on every platform and version of Node", () => {
    // Bit for bit: the normals use no function whose last bit depends on the JavaScript engine.
    expect([...normal({ seed: 0, stream: 0 }, 0, 6)]).toEqual([
      0.991137679254033, -0.9246625883905114, -0.6176089598118041, -0.48206858703542393, -0.1536382301656158,
      0.18082589789182119,
    ]);
    const checksum = normal({ seed: 123456789012345, stream: 7 }, 3, 20_000).reduce(
      (sum, x) => (sum * 31 + x * 2 ** 20) % 1_000_003,
      0,
    );
    expect(checksum).toBe(622380.6830952689);
  });
});

describe("distribution", () => {
  const N = 400_000;
  const sources: readonly NoiseSource[] = [
    { seed: 0, stream: 0 },
    { seed: 1, stream: 0 },
    { seed: LARGEST, stream: 99 },
  ];
  const mean = (a: Float64Array, formula: (x: number, i: number) => number): number =>
    a.reduce((sum, x, i) => sum + formula(x, i), 0) / a.length;
  /** Five standard errors of a mean over N draws of a quantity with the given variance. */
  const bound = (variance: number): number => 5 * Math.sqrt(variance / N);

  test.each(sources)("normal moments 1 to 4 within five standard errors: %j", (source) => {
    const x = normal(source, 0, N);
    expect(Math.abs(mean(x, (v) => v))).toBeLessThan(bound(1));
    expect(Math.abs(mean(x, (v) => v ** 2) - 1)).toBeLessThan(bound(2));
    expect(Math.abs(mean(x, (v) => v ** 3))).toBeLessThan(bound(15));
    expect(Math.abs(mean(x, (v) => v ** 4) - 3)).toBeLessThan(bound(96));
  });

  test.each(sources)("normal tails and neighbours within five standard errors: %j", (source) => {
    const x = normal(source, 0, N);
    const beyond = mean(x, (v) => (Math.abs(v) > 1.959963984540054 ? 1 : 0));
    expect(Math.abs(beyond - 0.05)).toBeLessThan(bound(0.05 * 0.95));
    for (const lag of [1, 2, 3, 4])
      expect(Math.abs(mean(x, (v, i) => v * (x[(i + lag) % N] ?? 0)))).toBeLessThan(bound(1));
    const other = normal({ ...source, stream: source.stream + 1 }, 0, N);
    expect(Math.abs(mean(x, (v, i) => v * (other[i] ?? 0)))).toBeLessThan(bound(1));
  });

  test.each(sources)(
    "uniform: in [0, 1), mean 1/2, variance 1/12, within five standard errors: %j",
    (source) => {
      const u = uniform(source, 0, N);
      expect(u.every((v) => v >= 0 && v < 1)).toBe(true);
      expect(Math.abs(mean(u, (v) => v) - 1 / 2)).toBeLessThan(bound(1 / 12));
      expect(Math.abs(mean(u, (v) => (v - 1 / 2) ** 2) - 1 / 12)).toBeLessThan(bound(1 / 180));
    },
  );

  test("a normal is Box-Muller of its pair's two words, by Math.log, Math.cos and Math.sin within 1e-14", () => {
    const source = { seed: 11, stream: 3 };
    const words = uniform(source, 0, 20_000).map((v) => v * 2 ** 32);
    const found = normal(source, 0, 20_000);
    let worst = 0;
    for (let i = 0; i < words.length; i += 2) {
      const r = Math.sqrt(-2 * Math.log((2 * (words[i] ?? 0) + 1) / 2 ** 33));
      const angle = (2 * Math.PI * (words[i + 1] ?? 0)) / 2 ** 32;
      worst = Math.max(
        worst,
        Math.abs((found[i] ?? Number.NaN) - r * Math.cos(angle)),
        Math.abs((found[i + 1] ?? Number.NaN) - r * Math.sin(angle)),
      );
    }
    // The angle itself, near 2 pi, is rounded to 4e-16, and r is at most 6.77.
    expect(worst).toBeLessThan(1e-14);
  });
});

describe("what is refused", () => {
  test("a seed or a stream that is no integer from 0 to 2^53 - 1, by name", () => {
    expect(noiseSource(7, LARGEST)).toEqual(E.right({ seed: 7, stream: LARGEST }));
    for (const value of [-1, 0.5, Number.NaN, LARGEST + 1]) {
      const seed = noiseSource(value, 0);
      const stream = noiseSource(0, value);
      const allowed = "allowed: an integer from 0 to 2^53 - 1";
      expect(E.isLeft(seed) && seed.left.message).toBe(`noise: seed is ${value}; ${allowed}`);
      expect(E.isLeft(stream) && stream.left.message).toBe(`noise: stream is ${value}; ${allowed}`);
    }
  });

  test("a position or a count that is no such integer, and an end past 2^53 - 1", () => {
    const source = { seed: 0, stream: 0 };
    const allowed = "allowed: an integer from 0 to 2^53 - 1";
    expect(() => normal(source, -1, 1)).toThrow(`noise: position is -1; ${allowed}`);
    expect(() => uniform(source, 0.5, 1)).toThrow(`noise: position is 0.5; ${allowed}`);
    expect(() => uniform({ seed: -2, stream: 0 }, 0, 1)).toThrow(`noise: seed is -2; ${allowed}`);
    expect(() => uniform(source, 0, -1)).toThrow(`noise: count is -1; ${allowed}`);
    expect(() => uniform(source, LARGEST, 4)).toThrow(`noise: end is`);
    expect(uniform(source, 5, 0)).toHaveLength(0);
  });
});
