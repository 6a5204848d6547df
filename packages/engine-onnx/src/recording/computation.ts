/**
 * A computation for an engine, split into what stays the same next time and what changes: its data and its numbers. Two
 * computations with equal keys differ in those only, so one compiled graph serves both.
 */
import type { NdArray } from "@tadsr/core";
import type { NumberSlot } from "./number-slot.ts";
import { type Applied, type Given, mapOperands, operandTerms, type Term, termsBelow } from "./term.ts";

export interface Computation {
  /** With slots in place of the numbers that may change. */
  readonly results: readonly Term[];
  readonly key: string;
  /** The tensors given as data, each once, in an order that the key determines. */
  readonly data: readonly Given[];
  readonly numbers: readonly number[];
}

/** Constants of up to this many numbers are compared by content, larger ones by the array that holds them. */
const SMALL = 4096;

const identities = new WeakMap<object, number>();
let identityCount = 0;

const identityOf = (array: object): number => {
  const known = identities.get(array) ?? identityCount++;
  identities.set(array, known);
  return known;
};

const texts = new WeakMap<object, string>();

/**
 * The numbers of an array as text. It is kept, since arrays do not change and weights are asked for at every
 * computation.
 */
const textOf = (array: NdArray["data"]): string => {
  const known = texts.get(array) ?? array.join();
  texts.set(array, known);
  return known;
};

const textOfConstant = ({ kind, shape, data }: Given): string =>
  `${kind}[${shape.join()}]${data.length <= SMALL ? `:${textOf(data)}` : `#${identityOf(data)}`}`;

/** The operations whose second operand is one number, or one number for each sample. */
const WITH_NUMBERS: ReadonlySet<string> = new Set(["scale", "offset"]);

export const computationOf = (results: readonly Term[]): Computation => {
  const order = termsBelow(results);
  const lifted = new Map<Term, Term>();
  const isFixed = new Set<Term>();
  const places = new Map<Term, number>();
  const data: Given[] = [];
  const numbers: number[] = [];
  const lines: string[] = [];
  const slotOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(slotOf);
    return { slot: numbers.push(value as number) - 1 } satisfies NumberSlot;
  };
  const lift = (term: Applied): Term => {
    const fixed = operandTerms(term).every((operand) => isFixed.has(operand));
    if (fixed) isFixed.add(term);
    const [first, second] = term.operands;
    const withSlots = !fixed && WITH_NUMBERS.has(term.operation) ? [first, slotOf(second)] : term.operands;
    const operands = mapOperands(withSlots, (operand) => lifted.get(operand));
    return { ...term, operands };
  };
  for (const [place, term] of order.entries()) {
    places.set(term, place);
    if (term.tag === "given") {
      lifted.set(term, term);
      if (term.use === "constant") {
        isFixed.add(term);
        lines.push(textOfConstant(term));
      } else lines.push(`data${data.push(term) - 1} ${term.kind}[${term.shape.join()}]`);
    } else {
      const other = lift(term) as Applied;
      lifted.set(term, other);
      const operands = mapOperands(term.operands, (operand) => ({ at: places.get(operand) }));
      const shown = other.operands.map((operand, i) =>
        i === 1 && WITH_NUMBERS.has(term.operation) ? operand : operands[i],
      );
      lines.push(`${term.operation}${JSON.stringify(shown)}`);
    }
  }
  lines.push(results.map((term) => places.get(term)).join());
  return {
    results: results.map((term) => lifted.get(term) as Term),
    key: lines.join("\n"),
    data,
    numbers,
  };
};
