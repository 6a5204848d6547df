import { describe, expect, it } from "vitest";
import { termAlgebra as A } from "../src/index.ts";
import { simplify, sliceParts } from "../src/passes/index.ts";
import type { Term } from "../src/recording/term.ts";
import { itKeepsValues } from "./keeps-values.ts";
import { drawn, errorOf, operationsOf } from "./random-terms.ts";

const simple = (...terms: readonly Term[]): readonly Term[] => simplify(terms, [sliceParts]);

describe("channels of joined images", () => {
  const [a, b, c] = [3, 1, 4].map((channels, i) => drawn("data", "image", [2, 3, 2, channels], i)) as [
    Term,
    Term,
    Term,
  ];
  const whole = A.concatChannels([a, b, c]);

  it("are the part itself, if they are all of it", () => {
    expect(simple(A.sliceChannels(whole, 0, 3))[0]).toBe(a);
    expect(simple(A.sliceChannels(whole, 3, 1))[0]).toBe(b);
    expect(simple(A.sliceChannels(whole, 4, 4))[0]).toBe(c);
  });

  it.each([
    [0, 2],
    [1, 2],
    [5, 2],
    [7, 1],
  ])("are channels of the part that has them: from %d, %d of them", (start, length) => {
    const term = A.sliceChannels(whole, start, length);
    const result = simple(term);
    expect(operationsOf(result)).toEqual(["sliceChannels"]);
    expect(errorOf(result, [term])).toBe(0);
  });

  it("are found through several levels", () => {
    const [deep, term] = [A.concatChannels([c, whole]), A.relu(a)];
    expect(simple(A.sliceChannels(deep, 7, 1))[0]).toBe(b);
    expect(simple(A.sliceChannels(A.concatChannels([term, b]), 0, 3))[0]).toBe(term);
  });

  it.each([
    ["that are in several parts", A.sliceChannels(whole, 2, 3)],
    ["of all parts", A.sliceChannels(whole, 0, 8)],
    ["of no parts", A.sliceChannels(c, 1, 2)],
    ["of joined parts that went through an operation", A.sliceChannels(A.relu(whole), 0, 3)],
  ])("are left as they are, the same term: channels %s", (_, term) => {
    expect(simple(term)[0]).toBe(term);
  });

  itKeepsValues([sliceParts]);
});
