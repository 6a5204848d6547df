/** What an operation's lowering is given, and what it gives. Images are [n, c, h, w] here. */

import type { Graph } from "../onnx/graph.ts";
import type { Value } from "../onnx/value.ts";
import type { NumberSlot } from "../recording/number-slot.ts";
import type { Operation, Term } from "../recording/term.ts";

/**
 * How 3x3 convolutions are written: with fewer products where measurements say that it is faster, wherever it can
 * be, or nowhere.
 */
export type WinogradUse = "where-faster" | "always" | "never";

/** How a graph is to be written. */
export interface Dialect {
  readonly opset: number;
  /** Whether ONNX Runtime's own operators may be used, where they are faster. */
  readonly contrib: boolean;
  readonly winograd: WinogradUse;
  /** Whether sizes of the picture are left open: no number of the graph may depend on them. */
  readonly openSizes: boolean;
}

export interface Context {
  readonly graph: Graph;
  readonly dialect: Dialect;
  /** The value of an operand. */
  readonly of: (term: Term) => Value;
  /** A number of the program, or one that is fed. */
  readonly number: (value: number | NumberSlot) => Value;
}

/** An operation's operands are the recorded ones; the algebra's types hold for them. */
export type Lower = (context: Context, ...operands: readonly never[]) => Value;

export type Lowerings = Readonly<Record<Operation, Lower>>;

/** Why a graph with open sizes cannot be: thrown through the program's own code, and caught by `lower`. */
export interface FixedSize extends Error {
  readonly fixedSize: string;
}

export const demandFixedSize = ({ dialect }: Context, why: string): void => {
  if (dialect.openSizes) throw Object.assign(new Error(why), { fixedSize: why });
};

export const isFixedSize = (thrown: unknown): thrown is FixedSize =>
  thrown instanceof Error && "fixedSize" in thrown;

/** [n, c, h, w]. */
export type ImageShape = readonly [n: number, c: number, h: number, w: number];

export const imageShape = ({ shape }: Value): ImageShape => shape as ImageShape;
