import { type Algebra, elements, type ReferenceTensor, referenceAlgebra, type Tensors } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { type Cost, costOf, type Shape, type ShapeMismatch } from "../src/index.ts";

type Compute = <T>(algebra: Algebra<T>, given: Tensors<T>) => T | readonly T[];

const tensor = <T>(given: Tensors<T>, name: string): T => {
  const found = given[name];
  if (found === undefined) throw new Error(`the test gives no ${name}`);
  return found;
};

/** The cost of a computation whose tensors are all inputs. */
const costing = (given: Readonly<Record<string, Shape>>, compute: Compute): E.Either<ShapeMismatch, Cost> =>
  costOf<string>({ parameters: [], run: (algebra) => (_, inputs) => compute(algebra, inputs) }, given);

const costed = (given: Readonly<Record<string, Shape>>, compute: Compute): Cost => {
  const cost = costing(given, compute);
  if (E.isLeft(cost)) throw new Error(cost.left.message);
  return cost.right;
};

const reason = (given: Readonly<Record<string, Shape>>, compute: Compute): string => {
  const cost = costing(given, compute);
  return E.isLeft(cost) ? cost.left.message : "no mismatch";
};

const around = (pixels: number) => ({ top: pixels, bottom: pixels, left: pixels, right: pixels });

/** How often the innermost of nested loops runs. */
const loops = (...lengths: readonly number[]): number => {
  const [first, ...inner] = lengths;
  if (first === undefined) return 1;
  let count = 0;
  for (let i = 0; i < first; i++) count += loops(...inner);
  return count;
};

describe("floating-point operations", () => {
  it("of a convolution are a product and a sum for each tap, channel and output, and its bias", () => {
    const given = { a: [2, 5, 7, 3], w: [4, 3, 3, 2], b: [4] };
    const options = { stride: 2, padding: around(1) };
    // Heights 0, 2, 4 and widths -1, 1, 3, 5 of the padded image.
    const taps = loops(2, 3, 4, 4, 3, 3, 2);
    const sum = (bias: boolean): Cost =>
      costed(given, (A, t) =>
        A.conv2d(tensor(t, "a"), tensor(t, "w"), bias ? tensor(t, "b") : null, options),
      );
    expect(sum(false).flops).toBe(2 * taps);
    expect(sum(true).flops).toBe(2 * taps + loops(2, 3, 4, 4));
    expect(sum(true).results).toEqual([[2, 3, 4, 4]]);
  });

  it("of a linear map are the same at every pixel", () => {
    const weight = { w: [4, 3], b: [4] };
    const compute: Compute = (A, t) => A.linear(tensor(t, "a"), tensor(t, "w"), tensor(t, "b"));
    expect(costed({ a: [5, 3], ...weight }, compute).flops).toBe(loops(5, 4, 3) * 2 + loops(5, 4));
    expect(costed({ a: [1, 2, 3, 3], ...weight }, compute).flops).toBe(loops(6, 4, 3) * 2 + loops(6, 4));
  });

  it("of attention are the scores' products and the values', and six for each score of a head", () => {
    const pairs = loops(2, 6, 6);
    const cost = costed({ a: [2, 2, 3, 8] }, (A, t) => {
      const a = tensor(t, "a");
      return A.attention(a, a, a, { heads: 4 });
    });
    expect(cost.flops).toBe(pairs * 8 * 2 + pairs * 8 * 2 + 6 * loops(2, 4, 6, 6));
    expect(cost.peakBytesWithScores - cost.peakBytes).toBe(4 * loops(2, 4, 6, 6));
  });

  it("of windowed attention are those of whole windows", () => {
    const pairs = loops(3 * 2, 4, 4);
    const cost = costed({ a: [1, 5, 4, 8], p: [9, 2] }, (A, t) => {
      const a = tensor(t, "a");
      return A.windowAttention(a, a, a, tensor(t, "p"), { heads: 2, window: 2, shift: 1 });
    });
    expect(cost.flops).toBe(pairs * 8 * 4 + 7 * pairs * 2);
  });

  it("are counted by operation, and moving numbers has none", () => {
    const { flops, byOperation } = costed({ a: [1, 2, 2, 4] }, (A, t) => {
      const twice = A.add(tensor(t, "a"), tensor(t, "a"));
      return A.depthToSpace(A.concatChannels([A.add(twice, twice), A.silu(twice)]), 2);
    });
    expect(byOperation).toEqual({
      silu: { calls: 1, flops: 48 },
      add: { calls: 2, flops: 32 },
      concatChannels: { calls: 1, flops: 0 },
      depthToSpace: { calls: 1, flops: 0 },
    });
    expect(Object.keys(byOperation)[0]).toBe("silu");
    expect(flops).toBe(80);
  });
});

describe("peak memory", () => {
  it("counts results until their last use", () => {
    const cost = costed({ a: [1, 1, 1, 10] }, (A, t) => {
      const a = A.square(tensor(t, "a")); // 10
      const b = A.abs(a); // 20
      A.abs(b); // 30, and 20 again: nothing uses it
      const c = A.concatChannels([a, b]); // 40, then 20
      return A.sliceChannels(c, 0, 5); // 25
    });
    expect(cost.peakBytes).toBe(40 * 4);
  });

  it("keeps every result of the program, and uses the given number of bytes", () => {
    const program = {
      parameters: [{ name: "w", shape: [3] }],
      run:
        <T>(A: Algebra<T>) =>
        (_: Tensors<T>, { a }: Readonly<Record<"a", T>>): readonly T[] => {
          const kept = A.square(a);
          const [once, twice] = [A.abs(kept), A.abs(A.abs(kept))];
          return [kept, A.add(once, twice)];
        },
    };
    const cost = costOf(program, { a: [2, 5] }, { bytesPerElement: 2 });
    expect(E.isRight(cost) && cost.right.peakBytes).toBe(40 * 2);
    expect(E.isRight(cost) && cost.right.parameterBytes).toBe(6);
  });
});

describe("shapes", () => {
  const zeros = (shape: Shape): ReferenceTensor => ({
    shape,
    data: new Float64Array(elements(shape)).fill(1),
  });
  const pixels = { stride: 1, padding: around(0) };

  const computations: readonly (readonly [string, Readonly<Record<string, Shape>>, Compute])[] = [
    [
      "conv2d",
      { a: [1, 4, 5, 2], w: [3, 2, 2, 3] },
      (A, t) =>
        A.conv2d(tensor(t, "a"), tensor(t, "w"), null, {
          stride: 2,
          padding: { top: 0, bottom: 1, left: 2, right: 0 },
        }),
    ],
    [
      "depthwiseConv2d",
      { a: [1, 4, 5, 2], w: [2, 1, 3, 3] },
      (A, t) => A.depthwiseConv2d(tensor(t, "a"), tensor(t, "w"), null, pixels),
    ],
    ["linear", { a: [1, 4, 5, 2], w: [3, 2] }, (A, t) => A.linear(tensor(t, "a"), tensor(t, "w"), null)],
    ["mean", { a: [1, 4, 5, 2] }, (A, t) => A.mean(tensor(t, "a"))],
    ["upsampleNearest", { a: [1, 2, 1, 2] }, (A, t) => A.upsampleNearest(tensor(t, "a"), 3)],
    ["spaceToDepth", { a: [2, 4, 6, 3] }, (A, t) => A.spaceToDepth(tensor(t, "a"), 2)],
    ["depthToSpace", { a: [2, 4, 6, 8] }, (A, t) => A.depthToSpace(tensor(t, "a"), 2)],
    [
      "concatChannels",
      { a: [1, 2, 3, 4], b: [1, 2, 3, 1] },
      (A, t) => A.concatChannels([tensor(t, "a"), tensor(t, "b")]),
    ],
    ["sliceChannels", { a: [3, 7] }, (A, t) => A.sliceChannels(tensor(t, "a"), 2, 4)],
    [
      "modulate",
      { a: [2, 1, 2, 3], b: [2, 3] },
      (A, t) => A.modulate(tensor(t, "a"), tensor(t, "b"), tensor(t, "b")),
    ],
    ["prelu", { a: [2, 1, 2, 3], p: [3] }, (A, t) => A.prelu(tensor(t, "a"), tensor(t, "p"))],
    [
      "groupNorm",
      { a: [2, 1, 2, 4], b: [4] },
      (A, t) => A.groupNorm(tensor(t, "a"), tensor(t, "b"), tensor(t, "b"), { groups: 2, epsilon: 1 }),
    ],
    [
      "nearestIndices",
      { a: [2, 1, 2, 4], k: [3, 4] },
      (A, t) => A.nearestIndices(tensor(t, "a"), tensor(t, "k")),
    ],
    ["takeRows", { a: [2, 1, 2, 1], k: [3, 4] }, (A, t) => A.takeRows(tensor(t, "a"), tensor(t, "k"))],
    [
      "sequenceConvolution",
      { a: [2, 2, 2, 3], w: [5, 3, 3] },
      (A, t) => A.sequenceConvolution(tensor(t, "a"), tensor(t, "w"), null),
    ],
    [
      "spectralNormalize",
      { w: [5, 3, 3], u: [5], v: [9] },
      (A, t) => A.spectralNormalize(tensor(t, "w"), tensor(t, "u"), tensor(t, "v")),
    ],
    ["leftSingular", { w: [5, 3, 3], v: [9] }, (A, t) => A.leftSingular(tensor(t, "w"), tensor(t, "v"))],
    ["rightSingular", { w: [5, 3, 3], u: [5] }, (A, t) => A.rightSingular(tensor(t, "w"), tensor(t, "u"))],
  ];

  it.each(computations)("of %s are the reference's", (_, given, compute) => {
    const tensors = Object.fromEntries(Object.entries(given).map(([name, shape]) => [name, zeros(shape)]));
    const result = compute(referenceAlgebra, tensors) as ReferenceTensor;
    expect(costed(given, compute).results).toEqual([result.shape]);
  });

  it.each<readonly [string, Readonly<Record<string, Shape>>, Compute]>([
    [
      'add: found "a" [2, 3] and "b" [3, 2], expected equal shapes',
      { a: [2, 3], b: [3, 2] },
      (A, t) => A.add(tensor(t, "a"), tensor(t, "b")),
    ],
    [
      'conv2d: found [1, 4, 4, 2] of silu and weight "w" [3, 5, 1, 1], expected a weight [o, 2, kh, kw]',
      { a: [1, 4, 4, 2], w: [3, 5, 1, 1] },
      (A, t) => A.conv2d(A.silu(tensor(t, "a")), tensor(t, "w"), null, pixels),
    ],
    [
      'conv2d: found "b" [2], expected [3]',
      { a: [1, 4, 4, 2], w: [3, 2, 1, 1], b: [2] },
      (A, t) => A.conv2d(tensor(t, "a"), tensor(t, "w"), tensor(t, "b"), pixels),
    ],
    [
      'concatChannels: found "a" [1, 4, 4, 2] and "b" [1, 3, 4, 2], expected images of one batch, height and width',
      { a: [1, 4, 4, 2], b: [1, 3, 4, 2] },
      (A, t) => A.concatChannels([tensor(t, "a"), tensor(t, "b")]),
    ],
    [
      'spaceToDepth: found "a" [1, 5, 4, 2], expected height and width that 2 divides',
      { a: [1, 5, 4, 2] },
      (A, t) => A.spaceToDepth(tensor(t, "a"), 2),
    ],
    [
      'upsampleNearest: found "a" [2], expected an image [n, h, w, c]',
      { a: [2] },
      (A, t) => A.upsampleNearest(tensor(t, "a"), 2),
    ],
    [
      'groupNorm: found "a" [1, 1, 1, 6] in 4 groups, expected groups that divide the channels',
      { a: [1, 1, 1, 6], b: [6] },
      (A, t) => A.groupNorm(tensor(t, "a"), tensor(t, "b"), tensor(t, "b"), { groups: 4, epsilon: 1 }),
    ],
  ])("that do not fit give an error: %s", (message, given, compute) => {
    expect(reason(given, compute)).toBe(message);
  });
});
