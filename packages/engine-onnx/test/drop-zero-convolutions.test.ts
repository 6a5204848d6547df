import { describe, expect, it } from "vitest";
import { termAlgebra as A, rules } from "../src/index.ts";
import { dropZeroConvolutions, simplify } from "../src/passes/index.ts";
import type { Given, Term } from "../src/recording/term.ts";
import { itKeepsValues } from "./keeps-values.ts";
import { drawn, errorOf, holding, operationsOf } from "./random-terms.ts";

const simple = (...terms: readonly Term[]): readonly Term[] => simplify(terms, [dropZeroConvolutions]);

const around = (pixels: number) => ({
  stride: 1,
  padding: { top: pixels, bottom: pixels, left: pixels, right: pixels },
});

describe("a convolution of zeros", () => {
  const image = drawn("data", "image", [1, 3, 4, 2], 1);
  const noise = drawn("data", "image", [1, 3, 4, 3], 2);
  const zeros = (use: "constant" | "data" = "constant"): Given =>
    holding(use, "convolution", [2, 3, 3, 3], Array(54).fill(0));
  const silent = (bias: Term | null, of: Term = noise): Term => A.conv2d(of, zeros(), bias, around(1));
  const nothing = holding("constant", "vector", [2], [0, -0]);
  const bias = holding("constant", "vector", [2], [3, -1]);

  it("is left out of a sum, on either side, with what was computed for it", () => {
    expect(simple(A.add(image, silent(null)))[0]).toBe(image);
    expect(simple(A.add(image, silent(nothing, A.silu(noise))))[0]).toBe(image);
    expect(simple(A.add(silent(nothing), image))[0]).toBe(image);
  });

  it("leaves its bias, as a shift", () => {
    for (const term of [A.add(image, silent(bias)), A.add(silent(bias), image)]) {
      const result = simple(term);
      expect(operationsOf(result)).toEqual(["modulate"]);
      expect(errorOf(result, [term])).toBe(0);
    }
  });

  it("leaves its bias in every sample of a batch", () => {
    const [two, noises] = [drawn("data", "image", [2, 3, 4, 2], 3), drawn("data", "image", [2, 3, 4, 3], 4)];
    const term = A.add(two, silent(bias, noises));
    const result = simple(term);
    expect(operationsOf(result)).toEqual(["modulate"]);
    expect(errorOf(result, [term])).toBe(0);
  });

  it("leaves its bias in the bias of another convolution, if both rules are used", () => {
    const kernel = drawn("constant", "convolution", [2, 2, 3, 3], 5);
    const term = A.add(A.conv2d(image, kernel, bias, around(1)), silent(bias));
    const result = simplify([term], rules);
    expect(operationsOf(result)).toEqual(["conv2d"]);
    expect(errorOf(result, [term])).toBeLessThan(1e-14);
  });

  it("is left out if it is added to another one", () => {
    const [result] = simple(A.add(silent(bias), silent(nothing)));
    expect(operationsOf([result as Term])).toEqual(["conv2d"]);
    expect(errorOf([result as Term], [silent(bias)])).toBe(0);
  });

  const nearly = holding(
    "constant",
    "convolution",
    [2, 3, 3, 3],
    Array.from({ length: 54 }, (_, i) => (i === 53 ? 1e-30 : 0)),
  );
  const nearMisses: readonly (readonly [string, Term])[] = [
    ["its weights are data", A.add(image, A.conv2d(noise, zeros("data"), bias, around(1)))],
    ["its bias is data", A.add(image, silent({ ...bias, use: "data" }))],
    ["one weight is not zero", A.add(image, A.conv2d(noise, nearly, null, around(1)))],
    ["it is by itself", silent(bias)],
    ["something is between", A.add(image, A.silu(silent(nothing)))],
    ["it is multiplied", A.multiply(image, silent(bias))],
  ];

  it.each(nearMisses)("stays, the same term, if %s", (_, term) => {
    expect(simple(term)[0]).toBe(term);
  });

  itKeepsValues([dropZeroConvolutions]);
});
