import { describe, expect, it } from "vitest";
import { termAlgebra as A } from "../src/index.ts";
import { foldConstants, simplify } from "../src/passes/index.ts";
import type { Given, Term } from "../src/recording/term.ts";
import { itKeepsValues } from "./keeps-values.ts";
import { drawn, holding, operationsOf, valuesOf } from "./random-terms.ts";

const simple = (...terms: readonly Term[]): readonly Term[] => simplify(terms, [foldConstants]);

/** The folded constant. Fails if the term was not folded. */
const folded = (term: Term): Given => {
  const [result] = simple(term);
  if (result?.tag !== "given") throw new Error(`${term.maker} is not folded`);
  return result;
};

describe("folding constants", () => {
  const matrix = holding("constant", "matrix", [1, 2], [3, -4]);
  const weight = holding("constant", "matrix", [2, 2], [1, 2, 3, 4]);
  const bias = holding("constant", "vector", [2], [10, 20]);

  it("computes what depends on constants only, once and in float64", () => {
    const { use, kind, shape, data } = folded(A.linear(matrix, weight, bias));
    expect({ use, kind, shape, data: [...data] }).toEqual({
      use: "constant",
      kind: "matrix",
      shape: [1, 2],
      data: [5, 13],
    });
    const third = folded(A.scale(holding("constant", "vector", [1], [1]), 1 / 3));
    expect(third.data[0]).toBe(1 / 3);
  });

  it("folds chains", () => {
    expect([...folded(A.abs(A.scale(A.linear(matrix, weight, null), 2))).data]).toEqual([10, 14]);
    expect([...folded(A.sliceChannels(A.square(matrix), 1, 1)).data]).toEqual([16]);
  });

  it("gives each the kind of its rank", () => {
    const sequence = drawn("constant", "sequence", [3, 2, 3], 1);
    const [u, v] = [drawn("constant", "vector", [3], 2), drawn("constant", "vector", [6], 3)];
    const image = drawn("constant", "image", [1, 2, 2, 2], 4);
    const kinds = [
      folded(A.mean(image)),
      folded(A.square(u)),
      folded(A.square(matrix)),
      folded(A.spectralNormalize(sequence, u, v)),
      folded(A.leftSingular(sequence, v)),
    ].map(({ kind }) => kind);
    expect(kinds).toEqual(["scalar", "vector", "matrix", "sequence", "vector"]);
  });

  it("folds a time embedding, scale and shift of a fixed time: only operations on the image are left", () => {
    const image = drawn("data", "image", [1, 2, 2, 2], 5);
    const [first, second, last] = [6, 7, 8].map((stream) =>
      drawn("constant", "matrix", [stream === 8 ? 4 : 2, 2], stream),
    ) as [Given, Given, Given];
    const embedded = A.silu(A.linear(A.silu(A.linear(matrix, first, bias)), second, bias));
    const both = A.linear(embedded, last, null);
    const term = A.modulate(
      A.channelNorm(image, 1e-6),
      A.sliceChannels(both, 0, 2),
      A.sliceChannels(both, 2, 2),
    );
    const [result] = simple(term) as [Term];
    expect(operationsOf([result])).toEqual(["channelNorm", "modulate"]);
    expect(valuesOf([result])).toEqual(valuesOf([term]));
  });

  it("stops at data, and folds the constants beside it", () => {
    const data = holding("data", "matrix", [1, 2], [3, -4]);
    expect(operationsOf(simple(A.linear(A.square(data), A.square(weight), A.square(bias))))).toEqual([
      "linear",
      "square",
    ]);
  });

  it("leaves terms made of data only unchanged, even if their numbers are those of a constant", () => {
    const term = A.linear(holding("data", "matrix", [1, 2], [3, -4]), weight, bias);
    expect(simple(term)[0]).toBe(term);
  });

  it("leaves constant images to the graph", () => {
    const given = drawn("constant", "image", [1, 2, 2, 2], 9);
    const terms = [A.relu(given), A.mean(A.relu(given)), A.concatChannels([given, given])];
    for (const [i, term] of simple(...terms).entries()) expect(term).toBe(terms[i]);
  });

  itKeepsValues([foldConstants]);
});
