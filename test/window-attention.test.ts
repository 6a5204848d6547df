/** Every runtime's window attention against the paper's construction: cyclic shift, equal windows, masks. */
import type { Engine, NdArray, Runtime, WindowOptions } from "@tadsr/core";
import { referenceEngine } from "@tadsr/core";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, describe, expect, it } from "vitest";
import { runtimes } from "./runtimes.ts";
import {
  type Picture,
  paperSteps,
  type ShiftedWindows,
  type Steps,
  shiftedWindowAttention,
} from "./shifted-window-attention.ts";

interface Situation {
  readonly height: number;
  readonly width: number;
  /** Channels of a head. */
  readonly depth: number;
  readonly options: ShiftedWindows;
  readonly seed: number;
}

interface Operands {
  /** Query, key and value of each of two samples. */
  readonly samples: readonly (readonly [Picture, Picture, Picture])[];
  readonly table: Picture;
}

const BATCH = 2;

/** Numbers from -1 to 1 that float32 can hold, all different for different seeds. */
const noise = (seed: number): (() => number) => {
  let state = seed * 2654435761 + 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  };
};

const picture = (height: number, width: number, channels: number, next: () => number): Picture =>
  Array.from({ length: height }, () =>
    Array.from({ length: width }, () => Array.from({ length: channels }, () => 2 * next())),
  );

const operandsOf = ({ height, width, depth, options: { heads, window }, seed }: Situation): Operands => {
  const next = noise(seed);
  const image = (): Picture => picture(height, width, heads * depth, next);
  return {
    samples: Array.from({ length: BATCH }, () => [image(), image(), image()] as const),
    table: picture(2 * window - 1, 2 * window - 1, heads, next),
  };
};

const flat = (...pictures: readonly Picture[]): Float64Array => Float64Array.from(pictures.flat(3));

const optionsOf = ({ heads, window, shift, mask }: ShiftedWindows): WindowOptions => ({
  heads,
  window,
  shift,
  edges: mask === "paper" ? "separate" : "wrapped",
});

/** An engine's own window attention. */
const found = async <T>(
  engine: Engine<T>,
  { height, width, depth, options }: Situation,
  { samples, table }: Operands,
): Promise<NdArray> => {
  const shape = [BATCH, height, width, options.heads * depth];
  const images = [0, 1, 2].map((which) =>
    engine.upload("image", { shape, data: flat(...samples.map((sample) => sample[which] as Picture)) }),
  ) as [T, T, T];
  const positions = engine.upload("matrix", {
    shape: [(2 * options.window - 1) ** 2, options.heads],
    data: flat(table),
  });
  const result = engine.scope(() => engine.algebra.windowAttention(...images, positions, optionsOf(options)));
  const array = await engine.download("image", result);
  engine.release([...images, positions, result]);
  return array;
};

const expected = (situation: Situation, { samples, table }: Operands, steps?: Steps): Float64Array =>
  flat(...samples.map((sample) => shiftedWindowAttention(sample, table, situation.options, steps)));

/** max |a - b|; values are of size 2. Infinite if one is NaN or the lengths differ. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (!(difference <= most)) most = difference;
  }
  return Number.isNaN(most) ? Number.POSITIVE_INFINITY : most;
};

const sizes = fc.record({
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  depth: fc.integer({ min: 1, max: 3 }),
  heads: fc.integer({ min: 1, max: 3 }),
  window: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(2 ** 20),
  mask: fc.constantFrom("paper" as const, "authors" as const),
});

/** The paper's shift is half a window. Other shifts are possible, and half of the paper's layers have none. */
const situations: fc.Arbitrary<Situation> = sizes.chain(({ heads, window, mask, ...rest }) =>
  fc
    .oneof(fc.constant(Math.floor(window / 2)), fc.constant(0), fc.nat(window - 1))
    .map((shift) => ({ ...rest, options: { heads, window, shift, mask } })),
);

/** One case of each kind in the paper's layers, by name. */
const sorts: readonly (readonly [
  string,
  Omit<Situation, "options" | "seed">,
  Omit<ShiftedWindows, "mask">,
])[] = [
  [
    "multiples of the window, not shifted",
    { height: 8, width: 12, depth: 2 },
    { heads: 2, window: 4, shift: 0 },
  ],
  [
    "multiples of the window, shifted by half",
    { height: 8, width: 12, depth: 2 },
    { heads: 2, window: 4, shift: 2 },
  ],
  ["no multiples, not shifted", { height: 7, width: 10, depth: 2 }, { heads: 2, window: 4, shift: 0 }],
  ["no multiples, shifted by half", { height: 7, width: 10, depth: 2 }, { heads: 2, window: 4, shift: 2 }],
  ["one pixel more than a multiple", { height: 9, width: 5, depth: 3 }, { heads: 1, window: 4, shift: 2 }],
  ["one pixel less than a multiple", { height: 11, width: 3, depth: 1 }, { heads: 3, window: 4, shift: 2 }],
  ["an odd window", { height: 9, width: 8, depth: 2 }, { heads: 2, window: 3, shift: 1 }],
  ["smaller than the window", { height: 3, width: 2, depth: 2 }, { heads: 2, window: 5, shift: 2 }],
  ["smaller than the shift", { height: 2, width: 7, depth: 2 }, { heads: 1, window: 8, shift: 4 }],
  ["the published window and shift", { height: 16, width: 20, depth: 2 }, { heads: 2, window: 8, shift: 4 }],
];

const describeAttention = async <T>({ name, open }: Runtime<T>): Promise<void> => {
  const opened = await open();
  if (E.isLeft(opened)) {
    const { missing, remedy } = opened.left;
    const title = `window attention on ${name}`;
    if (process.env.TADSR_NO_SKIPS === "1") it(title, () => expect.fail(`${missing}; ${remedy}`));
    else it.skip(`${title}: skipped: ${missing}; ${remedy}`, () => undefined);
    return;
  }
  const engine = opened.right;
  afterAll(() => engine.close());
  const tolerance = engine.epsilon * 64;

  const errorIn = async (situation: Situation): Promise<number> => {
    const operands = operandsOf(situation);
    const { shape, data } = await found(engine, situation, operands);
    const { height, width, depth, options } = situation;
    expect(shape).toEqual([BATCH, height, width, options.heads * depth]);
    return distance(data, expected(situation, operands));
  };

  describe(`window attention on ${name} is the paper's`, () => {
    it.each(sorts)("%s", async (_name, size, options) => {
      for (const mask of ["paper", "authors"] as const)
        expect(await errorIn({ ...size, options: { ...options, mask }, seed: 7 })).toBeLessThan(tolerance);
    });

    it("for any size, window, shift, heads and mask", async () => {
      await fc.assert(
        fc.asyncProperty(situations, async (situation) => {
          expect(await errorIn(situation)).toBeLessThan(tolerance);
        }),
        { seed: 20210325, numRuns: 60 },
      );
    });
  });
};

for (const runtime of Object.values(runtimes)) await describeAttention(runtime);

const shifted: Situation = {
  height: 7,
  width: 10,
  depth: 2,
  options: { heads: 2, window: 4, shift: 1, mask: "paper" },
  seed: 7,
};

describe("the comparison notices", () => {
  const mistakes: readonly (readonly [string, Partial<Steps>])[] = [
    ["a shift the wrong way", { source: (place, size, shift) => (place + size - shift) % size }],
    ["no mask where the shift wraps", { apart: (_query, key) => key.isPadding }],
    ["padding that is attended to", { apart: (query, key) => query.region !== key.region }],
    ["a bias of the key's place below the query's", { offset: (q, k) => [k.y - q.y, k.x - q.x] }],
    ["a bias with rows and columns swapped", { offset: (q, k) => [q.x - k.x, q.y - k.y] }],
    ["scores divided by the root of all channels", { divisor: (channels) => Math.sqrt(channels) }],
    ["heads that take every other channel", { headOf: (channel, _channels, heads) => channel % heads }],
  ];
  it.each(mistakes)("%s", async (_name, mistake) => {
    const operands = operandsOf(shifted);
    const { data } = await found(referenceEngine, shifted, operands);
    expect(distance(data, expected(shifted, operands))).toBeLessThan(1e-12);
    expect(distance(data, expected(shifted, operands, { ...paperSteps, ...mistake }))).toBeGreaterThan(0.01);
  });

  it("one mask instead of the other", async () => {
    const operands = operandsOf(shifted);
    const { data } = await found(referenceEngine, shifted, operands);
    const other: Situation = { ...shifted, options: { ...shifted.options, mask: "authors" } };
    expect(distance(data, expected(other, operands))).toBeGreaterThan(0.01);
  });
});

describe("the paper's construction itself", () => {
  it("gives a pixel nothing of pixels across a line of the grid, and something of each within its window", () => {
    // Lines of the grid at 1, 5 and 9 both ways: rows 1..4 and columns 5..8 are the window of pixel (2, 6).
    const operands = operandsOf(shifted);
    const [[query, key, value] = []] = operands.samples;
    if (query === undefined || key === undefined || value === undefined) throw new Error("no sample");
    const base = shiftedWindowAttention([query, key, value], operands.table, shifted.options);
    for (let y = 0; y < shifted.height; y++)
      for (let x = 0; x < shifted.width; x++) {
        const moved = value.map((row, i) =>
          row.map((pixel, j) => (i === y && j === x ? pixel.map((number) => number + 1) : pixel)),
        );
        const result = shiftedWindowAttention([query, key, moved], operands.table, shifted.options);
        const change = distance(result[2]?.[6] ?? [], base[2]?.[6] ?? []);
        if (y >= 1 && y < 5 && x >= 5 && x < 9) expect(change).toBeGreaterThan(1e-4);
        else expect(change).toBe(0);
      }
  });
});
