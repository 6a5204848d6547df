/** How simplifications are applied, and all of them together. */
import { describe, expect, it } from "vitest";
import { termAlgebra as A, rules, simplify, type Term } from "../src/index.ts";
import type { Rule } from "../src/passes/index.ts";
import { itKeepsValues } from "./keeps-values.ts";
import { drawn, operationsOf, valuesOf } from "./random-terms.ts";

const image = drawn("data", "image", [1, 2, 2, 3], 1);

/** silu becomes relu, and relu becomes abs: one rule applies to the result of another. */
const siluToRelu: Rule = ({ operation, operands: [a] }) => (operation === "silu" ? A.relu(a as Term) : null);
const reluToAbs: Rule = ({ operation, operands: [a] }) => (operation === "relu" ? A.abs(a as Term) : null);

describe("simplifying", () => {
  it("applies rules until none applies, in any order", () => {
    for (const order of [
      [siluToRelu, reluToAbs],
      [reluToAbs, siluToRelu],
    ])
      expect(operationsOf(simplify([A.silu(A.silu(image))], order))).toEqual(["abs", "abs"]);
  });

  it("gives a rule operands that are simplified already", () => {
    const seen: string[] = [];
    const watch: Rule = ({ operation, operands: [a] }) => {
      const operand = a as Term;
      if (operation === "mean" && operand.tag === "applied") seen.push(operand.operation);
      return null;
    };
    simplify([A.mean(A.silu(image))], [watch, siluToRelu]);
    expect(seen).toEqual(["relu"]);
  });

  it("simplifies what is shared once, and keeps it shared", () => {
    let calls = 0;
    const count: Rule = (term) => {
      if (term.operation === "silu") calls += 1;
      return siluToRelu(term);
    };
    const shared = A.silu(image);
    const [sum] = simplify([A.add(shared, shared)], [count]);
    expect(calls).toBe(1);
    const [left, right] = sum?.tag === "applied" ? sum.operands : [];
    expect(left).toBe(right);
  });

  it("gives the same terms if no rule applies, and in the order of the results", () => {
    const terms = [A.abs(image), image, A.abs(image), A.mean(image)];
    for (const [i, term] of simplify(terms, rules).entries()) expect(term).toBe(terms[i]);
    const [silu, abs] = simplify([A.silu(image), A.abs(image)], [siluToRelu]);
    expect([silu?.maker, abs?.maker]).toEqual(["relu", "abs"]);
  });

  it("manages a computation of ten thousand operations in a row", () => {
    let term: Term = image;
    for (let i = 0; i < 5000; i++) term = A.offset(A.stopGradient(term), 1);
    const [result] = simplify([term], rules) as [Term];
    expect(operationsOf([result])).toHaveLength(5000);
    const [before, after] = valuesOf([image, result]);
    expect(after?.data[0]).toBeCloseTo((before?.data[0] ?? Number.NaN) + 5000, 9);
  });
});

describe("all simplifications together", () => {
  itKeepsValues(rules);
});
