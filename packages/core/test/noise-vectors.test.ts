import * as fc from "fast-check";
import * as O from "fp-ts/lib/Option.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BLOCKS, type Maker } from "../src/noise/maker.ts";
import { fillNormals } from "../src/noise/normals.ts";
import { plainMaker } from "../src/noise/plain.ts";
import { noiseFunctions } from "../src/noise/vector-code.ts";
import { vectorMaker } from "../src/noise/vectors.ts";
import { noiseBy } from "../src/noise.ts";
import { encode } from "../src/wasm/encode.ts";
import { instantiate } from "../src/wasm/instance.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;
const CHUNK = 4 * BLOCKS;
const ONES = 0xffffffff;

const some = <A>(option: O.Option<A>): A => {
  if (O.isNone(option)) throw new Error("this platform has no WebAssembly with vectors");
  return option.value;
};

const byVectors: Maker = some(vectorMaker());
const vectors = noiseBy(() => byVectors);
const plain = noiseBy(() => plainMaker);

/** The first place where two arrays differ in a bit, or -1. */
const firstDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
};

const index = fc.integer({ min: 0, max: LARGEST });
const source = fc.record({ seed: index, stream: index });

/** Lengths around the ends of the runs, and lengths between them. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -9, max: 9 })).map(([n, d]) => n * CHUNK + d),
  fc.integer({ min: 0, max: 4 * CHUNK }),
);

/** Small positions, any positions, and those where the number of a block passes a multiple of 2^32. */
const position = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: LARGEST - 4 * CHUNK }),
  fc
    .tuple(fc.integer({ min: 1, max: 2 ** 19 - 2 }), fc.integer({ min: 0, max: CHUNK }))
    .map(([n, before]) => n * 2 ** 34 - before),
);

describe("the noise by WebAssembly's vectors has the bits of the plain loops", () => {
  test("uniform, normal and fillNormal, for any source, position and length", () => {
    fc.assert(
      fc.property(source, position, length, (from, start, count) => {
        for (const draw of ["uniform", "normal"] as const)
          expect(firstDifference(vectors[draw](from, start, count), plain[draw](from, start, count))).toBe(
            -1,
          );
        const [a, b] = [new Float32Array(count), new Float32Array(count)];
        vectors.fillNormal(from, start, a);
        plain.fillNormal(from, start, b);
        expect(firstDifference(a, b)).toBe(-1);
      }),
      { numRuns: 200 },
    );
  });

  test("and both are the published known answers of Philox", () => {
    const known = [
      [
        [0, 0, 0, 0],
        [0, 0],
        [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
      ],
      [
        [ONES, ONES, ONES, ONES],
        [ONES, ONES],
        [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
      ],
      [
        [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
        [0xa4093822, 0x299f31d0],
        [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
      ],
    ] as const;
    for (const [[low, high, ...stream], key, words] of known)
      for (const maker of [plainMaker, byVectors]) {
        const found = maker.uniforms({ key, stream, low, high, count: 1 }).subarray(0, 4);
        expect([...found].map((u) => u * 2 ** 32)).toEqual(words);
      }
  });

  /** Words where a rounding or a sign could go wrong: the ends, powers of 2, those over sqrt 2, quarters of a turn. */
  const edge = fc
    .tuple(
      fc.integer({ min: 0, max: 32 }),
      fc.constantFrom(1, Math.SQRT1_2, 1.5),
      fc.integer({ min: -3, max: 3 }),
    )
    .map(([power, factor, aside]) => (Math.floor(2 ** power * factor) + aside) >>> 0);
  const word = fc.oneof(fc.integer({ min: 0, max: ONES }), edge);

  test("for any words, also those at the edges of the formulas", () => {
    const { call, memory } = some(instantiate(noiseFunctions, 1));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, word, word), { minLength: 1, maxLength: 40 }), (blocks) => {
        const words = Uint32Array.from(blocks.flat());
        const expected = new Float64Array(words.length);
        fillNormals(expected, words);
        new Uint32Array(memory).set(words);
        call.normals(4 * words.length, 4096);
        expect(firstDifference(new Float64Array(memory, 4096, words.length), expected)).toBe(-1);
        call.rounded(4 * words.length, 4096);
        expect(firstDifference(new Float32Array(memory, 0, words.length), Float32Array.from(expected))).toBe(
          -1,
        );
      }),
      { numRuns: 1000 },
    );
  });

  test("what was drawn stays when more is drawn", () => {
    const from = { seed: 3, stream: 4 };
    const first = vectors.normal(from, 0, CHUNK);
    const copy = Float64Array.from(first);
    vectors.normal({ seed: 5, stream: 6 }, 7, CHUNK);
    vectors.uniform(from, 0, CHUNK);
    expect(firstDifference(first, copy)).toBe(-1);
  });
});

describe("the module", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  type Module = new (bytes: Uint8Array) => object;
  const { WebAssembly: real } = globalThis as unknown as {
    readonly WebAssembly: { readonly Module: Module; readonly Instance: Module };
  };

  /** `WebAssembly` with another function for compiling. */
  const compilingBy = (compile: (bytes: Uint8Array) => object) => ({
    Instance: real.Instance,
    Module: new Proxy(real.Module, { construct: (_, [bytes]) => compile(bytes) }),
  });

  /** Loads the package with `platform` as the global `WebAssembly`. */
  const loadedWhere = async (platform: unknown) => {
    vi.stubGlobal("WebAssembly", platform);
    vi.resetModules();
    return import("../src/index.ts");
  };

  const allEqualPlain = (there: Pick<typeof vectors, "uniform" | "normal" | "fillNormal">): boolean => {
    const from = { seed: 21, stream: 22 };
    const [a, b] = [new Float32Array(5000), new Float32Array(5000)];
    there.fillNormal(from, 3, a);
    plain.fillNormal(from, 3, b);
    return (
      firstDifference(a, b) === -1 &&
      firstDifference(there.normal(from, 3, 5000), plain.normal(from, 3, 5000)) === -1 &&
      firstDifference(there.uniform(from, 3, 5000), plain.uniform(from, 3, 5000)) === -1
    );
  };

  test("is small enough that every browser compiles it at once: 4 KiB", () => {
    expect(encode(noiseFunctions, 1).length).toBeLessThan(4096);
  });

  test("is made once, when many numbers are drawn", async () => {
    let compiled = 0;
    const there = await loadedWhere(
      compilingBy((bytes) => {
        compiled += 1;
        return new real.Module(bytes);
      }),
    );
    there.normal({ seed: 1, stream: 2 }, 3, 16);
    expect(compiled).toBe(0);
    expect(allEqualPlain(there)).toBe(true);
    expect(compiled).toBe(1);
  });

  test("is not needed: without WebAssembly the numbers are the same", async () => {
    const there = await loadedWhere(undefined);
    expect(vectorMaker()).toEqual(O.none);
    expect(allEqualPlain(there)).toBe(true);
  });

  test("the numbers are the same if a policy forbids WebAssembly or it has no vectors", async () => {
    let asked = 0;
    const there = await loadedWhere(
      compilingBy(() => {
        asked += 1;
        throw new Error("refused");
      }),
    );
    expect(allEqualPlain(there)).toBe(true);
    expect(asked).toBe(1);
  });
});
