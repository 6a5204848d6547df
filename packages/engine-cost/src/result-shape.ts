/** The shape of an operation's result, for interpreters that check shapes before any work. */
import type { Algebra } from "@tadsr/core";
import { type Outcome, rules } from "./rules.ts";
import type { Shape } from "./shape.ts";

type AnyRule = (...operands: readonly unknown[]) => Outcome;

/** An operand with a shape. If it does not fit, the message names its `maker`. */
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
 * The result's shape. The operands are tensors with shapes and the operation's other arguments. If they do not fit, it
 * throws one line: the operation, what was found, what was expected.
 */
export const resultShape = (operation: keyof Algebra<unknown>, operands: readonly unknown[]): Shape =>
  (rules[operation] as AnyRule)(...operands.map(asOperand)).shape;
