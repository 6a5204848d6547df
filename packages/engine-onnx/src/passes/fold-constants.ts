/**
 * A term that depends on constants only is computed once, in float64, by the reference interpreter, and becomes a
 * constant. In a one-step model t is fixed, so the whole time embedding becomes constant, and every scale and shift
 * made from it.
 */
import { type ReferenceTensor, referenceAlgebra, type TensorKind } from "@tadsr/core";
import { type Given, given, interpret, isConstant, operandTerms, type Term } from "../recording/term.ts";
import type { Rule } from "./pass.ts";

/** The kind of a result by its rank. Only the operation below makes a kernel of a convolution. */
const KINDS: readonly TensorKind[] = ["scalar", "vector", "matrix", "sequence", "image"];

const asReference = ({ shape, data }: Given): ReferenceTensor => ({ shape, data: Float64Array.from(data) });

/** An image is as large as a picture, so it is slow to compute in float64, and no network has a constant one. */
const foldable = (term: Term): boolean => term.shape.length < 4;

export const foldConstants: Rule = (term) => {
  if (!foldable(term) || !operandTerms(term).every(isConstant)) return null;
  const [value] = interpret([term], referenceAlgebra, asReference);
  const kind = KINDS[term.shape.length];
  return value === undefined || kind === undefined ? null : given(kind, value, "constant");
};
