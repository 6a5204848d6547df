/** What an operation's lowering takes and returns. Images are [n, c, h, w] here. */

import type { Graph } from "../onnx/graph.ts";
import type { Value } from "../onnx/value.ts";
import type { NumberSlot } from "../recording/number-slot.ts";
import type { Operation, Term } from "../recording/term.ts";

/**
 * How 3x3 convolutions are written: with fewer products (Winograd) where measurements say that it is faster, wherever
 * it is possible, or nowhere.
 */
export type WinogradUse = "where-faster" | "always" | "never";

/** How a graph is written. */
export interface Dialect {
  readonly opset: number;
  readonly winograd: WinogradUse;
  /** Whether sizes of the picture are left open: then nothing in the graph may depend on them. */
  readonly openSizes: boolean;
}

export interface Context {
  readonly graph: Graph;
  readonly dialect: Dialect;
  /** The value of an operand. */
  readonly of: (term: Term) => Value;
  /** A number of the program, as a constant or as an input. */
  readonly number: (value: number | NumberSlot) => Value;
}

/** The lowering of an operation. Its operands are the recorded ones, whose types are the algebra's. */
export type Lower = (context: Context, ...operands: readonly never[]) => Value;

export type Lowerings = Readonly<Record<Operation, Lower>>;

/** Why a graph cannot have open sizes. It is thrown through the program's own code, and `lower` catches it. */
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
