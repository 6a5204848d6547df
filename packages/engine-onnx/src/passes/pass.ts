/** What a simplification of terms is, and how it is carried out. */
import { withOperands } from "../recording/record.ts";
import { type Applied, type Term, termsBelow } from "../recording/term.ts";

/**
 * A term that is the same in exact arithmetic for the given one, whose operands are simplified already; null
 * where there is nothing to do.
 */
export type Rule = (term: Applied) => Term | null;

/** Applies the rules, the operands' first, to every operation until none applies to it. */
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
