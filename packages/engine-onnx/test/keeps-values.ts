/** The property that every simplification of terms has: it keeps values and shapes, and leaves nothing to simplify. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type Rule, simplify } from "../src/passes/index.ts";
import { errorOf, randomTerms } from "./random-terms.ts";

const RUNS = 300;

/** For float64, over a dozen operations. */
const TOLERANCE = 1e-12;

/** Tests of the rules on random terms, at least a tenth of which they must change. */
export const itKeepsValues = (rules: readonly Rule[]): void => {
  it("keeps shapes, and values to 1e-12, on random terms, many of which it changes", () => {
    let changed = 0;
    fc.assert(
      fc.property(randomTerms, (terms) => {
        const simple = simplify(terms, rules);
        if (simple.some((term, i) => term !== terms[i])) changed += 1;
        expect(simple.map(({ shape }) => shape)).toEqual(terms.map(({ shape }) => shape));
        expect(errorOf(simple, terms)).toBeLessThan(TOLERANCE);
      }),
      { seed: 42, numRuns: RUNS },
    );
    expect(changed).toBeGreaterThan(RUNS / 10);
  });

  it("leaves nothing to simplify", () => {
    fc.assert(
      fc.property(randomTerms, (terms) => {
        const simple = simplify(terms, rules);
        for (const [i, term] of simplify(simple, rules).entries()) expect(term).toBe(simple[i]);
      }),
      { seed: 43, numRuns: RUNS },
    );
  });
};
