import { describe, expect, it } from "vitest";
import { termAlgebra as A, rules } from "../src/index.ts";
import { fuseModulation, simplify } from "../src/passes/index.ts";
import type { Given, Term } from "../src/recording/term.ts";
import { itKeepsValues } from "./keeps-values.ts";
import { drawn, errorOf, holding, operationsOf } from "./random-terms.ts";

const simple = (...terms: readonly Term[]): readonly Term[] => simplify(terms, [fuseModulation]);

const options = { groups: 2, epsilon: 0.5 };

describe("a modulation in the normalisation before it", () => {
  const image = drawn("data", "image", [1, 3, 2, 4], 1);
  const weight = holding("constant", "vector", [4], [1, 2, -3, 4]);
  const bias = holding("constant", "vector", [4], [5, 6, 7, 8]);
  const gamma = holding("constant", "matrix", [1, 4], [1, 0, -1, 0.5]);
  const beta = holding("constant", "matrix", [1, 4], [10, 20, 30, 40]);
  const norm = A.groupNorm(image, weight, bias, options);

  it("is one normalisation with weight w (1 + gamma) and bias b (1 + gamma) + beta", () => {
    const [result] = simple(A.modulate(norm, gamma, beta));
    if (result?.tag !== "applied") throw new Error("it became a constant");
    const [of, w, b, kept] = result.operands as readonly [Term, Given, Given, unknown];
    expect(result.operation).toBe("groupNorm");
    expect(result.shape).toEqual([1, 3, 2, 4]);
    expect(of).toBe(image);
    expect({ kind: w.kind, use: w.use, data: [...w.data] }).toEqual({
      kind: "vector",
      use: "constant",
      data: [2, 2, -0, 6],
    });
    expect([...b.data]).toEqual([20, 26, 30, 52]);
    expect(kept).toEqual(options);
  });

  it("takes a scale and a shift that fold to constants, if both rules are used", () => {
    const scaleAndShift = A.linear(
      drawn("constant", "matrix", [1, 3], 2),
      drawn("constant", "matrix", [8, 3], 3),
      null,
    );
    const term = A.modulate(norm, A.sliceChannels(scaleAndShift, 0, 4), A.sliceChannels(scaleAndShift, 4, 4));
    expect(operationsOf(simple(term))).toEqual(operationsOf([term]));
    const all = simplify([term], rules);
    expect(operationsOf(all)).toEqual(["groupNorm"]);
    expect(errorOf(all, [term])).toBeLessThan(1e-14);
  });

  it("fuses one modulation after another", () => {
    const term = A.modulate(A.modulate(norm, gamma, beta), beta, gamma);
    const result = simple(term);
    expect(operationsOf(result)).toEqual(["groupNorm"]);
    expect(errorOf(result, [term])).toBeLessThan(1e-14);
  });

  it("keeps the normalisation for its other users", () => {
    const terms = [A.modulate(norm, gamma, beta), A.silu(norm)];
    const result = simple(...terms);
    expect(operationsOf(result)).toEqual(["groupNorm", "groupNorm", "silu"]);
    expect(errorOf(result, terms)).toBeLessThan(1e-14);
  });

  const two = drawn("data", "image", [2, 3, 2, 4], 4);
  const ofTwo = (stream: number): Given => drawn("constant", "matrix", [2, 4], stream);
  const asData = (term: Given): Given => ({ ...term, use: "data" });
  const nearMisses: readonly (readonly [string, Term])[] = [
    [
      "a batch of two, whose factors differ",
      A.modulate(A.groupNorm(two, weight, bias, options), ofTwo(5), ofTwo(6)),
    ],
    ["a scale that is data", A.modulate(norm, asData(gamma), beta)],
    ["a shift that is data", A.modulate(norm, gamma, asData(beta))],
    ["a scale that is computed", A.modulate(norm, A.square(gamma), beta)],
    ["a weight that is data", A.modulate(A.groupNorm(image, asData(weight), bias, options), gamma, beta)],
    ["a bias that is data", A.modulate(A.groupNorm(image, weight, asData(bias), options), gamma, beta)],
    ["an activation between", A.modulate(A.silu(norm), gamma, beta)],
    ["another normalisation", A.modulate(A.channelNorm(image, 1e-6), gamma, beta)],
    ["no normalisation", A.modulate(image, gamma, beta)],
    ["the normalisation after it", A.groupNorm(A.modulate(image, gamma, beta), weight, bias, options)],
  ];

  it.each(nearMisses)("is left as it is, the same term, with %s", (_, term) => {
    expect(simple(term)[0]).toBe(term);
  });

  itKeepsValues([fuseModulation]);
});
