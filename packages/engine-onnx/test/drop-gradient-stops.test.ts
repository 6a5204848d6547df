import { describe, expect, it } from "vitest";
import { termAlgebra as A } from "../src/index.ts";
import { dropGradientStops, simplify } from "../src/passes/index.ts";
import type { Term } from "../src/recording/term.ts";
import { itKeepsValues } from "./keeps-values.ts";
import { drawn, operationsOf } from "./random-terms.ts";

const simple = (...terms: readonly Term[]): readonly Term[] => simplify(terms, [dropGradientStops]);

describe("dropping the stops of gradients", () => {
  const image = drawn("data", "image", [1, 2, 2, 3], 1);

  it("replaces any number of stops by the operand", () => {
    expect(simple(A.stopGradient(image))).toEqual([image]);
    expect(simple(A.stopGradient(A.stopGradient(A.stopGradient(image))))[0]).toBe(image);
    const relu = A.relu(image);
    expect(simple(A.stopGradient(relu))[0]).toBe(relu);
  });

  it("does so within operations, and in lists of operands", () => {
    const [result] = simple(A.silu(A.concatChannels([A.stopGradient(image), A.relu(image)])));
    expect(operationsOf([result as Term])).toEqual(["concatChannels", "relu", "silu"]);
  });

  it("makes one term of two that differ only by stops", () => {
    const relu = A.relu(image);
    const [first, second] = simple(A.stopGradient(relu), relu);
    expect(first).toBe(second);
  });

  it("leaves every other operation as it is, the same term", () => {
    const term = A.mean(A.abs(A.add(image, A.square(image))));
    expect(simple(term)[0]).toBe(term);
  });

  itKeepsValues([dropGradientStops]);
});
