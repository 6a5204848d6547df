/** The shape that an operation makes of others, for interpreters that check shapes before any work. */
import type { Algebra } from "@tadsr/core";
import { type Outcome, rules } from "./rules.ts";
import type { Shape } from "./shape.ts";

type AnyRule = (...operands: readonly unknown[]) => Outcome;

/** An operand with a shape; `maker` names it in the message where it does not fit. */
export interface Shaped {
  readonly shape: Shape;
  readonly maker: string;
}

const isShaped = (value: unknown): value is Shaped =>
  typeof value === "object" && value !== null && "shape" in value && "maker" in value;

const asOperand = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asOperand);
  return isShaped(value) ? { shape: value.shape, maker: value.maker, source: 0 } : value;
};

/**
 * The result's shape. Operands are tensors with shapes, and what else the operation takes. Throws one line where
 * they do not fit: the operation, what was found, what was expected.
 */
export const resultShape = (operation: keyof Algebra<unknown>, operands: readonly unknown[]): Shape =>
  (rules[operation] as AnyRule)(...operands.map(asOperand)).shape;
