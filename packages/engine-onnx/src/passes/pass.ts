/** What a simplification of terms is, and the function that applies it. */
import { withOperands } from "../recording/record.ts";
import { type Applied, type Term, termsBelow } from "../recording/term.ts";

/**
 * Gets a term whose operands are simplified already. Returns one that is equal in exact arithmetic, or null if there is
 * nothing to do.
 */
export type Rule = (term: Applied) => Term | null;

/** Applies the rules to every operation, operands first, until none applies. */
export const simplify = (results: readonly Term[], rules: readonly Rule[]): readonly Term[] => {
  const simplified = new Map<Term, Term>();
  const apply = (term: Term): Term => {
    if (term.tag === "given") return term;
    for (const rule of rules) {
      const other = rule(term);
      if (other !== null) return apply(other);
    }
    return term;
  };
  const known = (term: Term): Term => simplified.get(term) as Term;
  for (const term of termsBelow(results))
    simplified.set(term, term.tag === "given" ? term : apply(withOperands(term, known)));
  return results.map(known);
};
