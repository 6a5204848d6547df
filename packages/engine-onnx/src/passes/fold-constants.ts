/**
 * What depends on constants alone is a constant: computed once, in float64, by the reference interpreter. In a
 * one-step model t is fixed, so that the whole time embedding, and every scale and shift by it, is folded away.
 */
import { type ReferenceTensor, referenceAlgebra, type TensorKind } from "@tadsr/core";
import { type Given, given, interpret, isConstant, operandTerms, type Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

/** A result of this rank is of that kind: no operation makes a kernel of a convolution but one, named below. */
const KINDS: readonly TensorKind[] = ["scalar", "vector", "matrix", "sequence", "image"];

const asReference = ({ shape, data }: Given): ReferenceTensor => ({ shape, data: Float64Array.from(data) });

/** An image is as large as a picture, and computing it in float64 dear; no network has a constant one. */
const foldable = (term: Term): boolean => term.shape.length < 4;

export const foldConstants: Rule = (term) => {
  if (!foldable(term) || !operandTerms(term).every(isConstant)) return null;
  const [value] = interpret([term], referenceAlgebra, asReference);
  const kind = KINDS[term.shape.length];
  return value === undefined || kind === undefined ? null : given(kind, value, "constant");
};
