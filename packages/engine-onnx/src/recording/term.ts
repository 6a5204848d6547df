/**
 * A computation as data: tensors that were given, and operations of the algebra applied to them. A term is immutable
 * and may be shared. `simplify` of `../passes` replaces terms by simpler ones, `../lowering` turns them into ONNX, and
 * `interpret` runs them on any interpreter of the algebra.
 */
import type { Algebra, NdArray, TensorKind, Use } from "@tadsr/core";

export type Operation = keyof Algebra<unknown>;

/** A tensor from outside, in its logical layout. */
export interface Given {
  readonly tag: "given";
  readonly kind: TensorKind;
  readonly shape: readonly number[];
  readonly data: NdArray["data"];
  readonly use: Use;
  /** The name that messages use for it. */
  readonly maker: string;
}

/** An operation on terms, lists of terms, and its other arguments. */
export interface Applied {
  readonly tag: "applied";
  readonly operation: Operation;
  readonly operands: readonly unknown[];
  readonly shape: readonly number[];
  readonly maker: string;
}

export type Term = Given | Applied;

const isTerm = (value: unknown): value is Term =>
  typeof value === "object" && value !== null && "tag" in value && "maker" in value;

export const isConstant = (term: Term): term is Given => term.tag === "given" && term.use === "constant";

export const given = (kind: TensorKind, { shape, data }: NdArray, use: Use): Given => ({
  tag: "given",
  kind,
  shape,
  data,
  use,
  maker: "upload",
});

/** The terms among an operation's operands, in order. */
export const operandTerms = ({ operands }: Applied): readonly Term[] => operands.flat().filter(isTerm);

/** The operands with each term replaced. */
export const mapOperands = (
  operands: readonly unknown[],
  replace: (term: Term) => unknown,
): readonly unknown[] =>
  operands.map((operand) => {
    if (isTerm(operand)) return replace(operand);
    return Array.isArray(operand)
      ? operand.map((item: unknown) => (isTerm(item) ? replace(item) : item))
      : operand;
  });

/** Every term that `results` are made of, each once. Operands come before the terms that use them. */
export const termsBelow = (results: readonly Term[]): readonly Term[] => {
  const order: Term[] = [];
  const seen = new Set<Term>();
  // A stack instead of recursion, since a network is hundreds of operations deep.
  const stack: { readonly term: Term; readonly ready: boolean }[] = results
    .toReversed()
    .map((term) => ({ term, ready: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { term, ready } = top;
    if (ready) order.push(term);
    else if (!seen.has(term)) {
      seen.add(term);
      stack.push({ term, ready: true });
      if (term.tag === "applied")
        for (const operand of operandTerms(term).toReversed())
          if (!seen.has(operand)) stack.push({ term: operand, ready: false });
    }
  }
  return order;
};

type AnyOperation<T> = (...operands: readonly unknown[]) => T;

/** The terms' values on an interpreter. `leaf` gives the values of the given tensors. */
export const interpret = <T>(
  results: readonly Term[],
  algebra: Algebra<T>,
  leaf: (given: Given) => T,
): readonly T[] => {
  const values = new Map<Term, T>();
  const computed = (term: Term): T => values.get(term) as T;
  for (const term of termsBelow(results)) {
    if (term.tag === "given") values.set(term, leaf(term));
    else {
      const run = algebra[term.operation] as AnyOperation<T>;
      values.set(term, run(...mapOperands(term.operands, computed)));
    }
  }
  return results.map(computed);
};
