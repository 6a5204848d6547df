/** The graph interpreter: an algebra that records every operation as a term and checks its shapes. */
import type { Algebra } from "@tadsr/core";
import { resultShape } from "@tadsr/engine-cost";
import { isSlot } from "./number-slot.ts";
import { type Applied, mapOperands, type Operation, type Term } from "./term.ts";

/** Every operation's name once. The type ensures that none is left out. */
const names: Readonly<Record<Operation, true>> = {
  add: true,
  subtract: true,
  multiply: true,
  divide: true,
  scale: true,
  offset: true,
  square: true,
  sqrt: true,
  abs: true,
  relu: true,
  softplus: true,
  mean: true,
  stopGradient: true,
  silu: true,
  relu6: true,
  leakyRelu: true,
  gelu: true,
  prelu: true,
  conv2d: true,
  depthwiseConv2d: true,
  linear: true,
  upsampleNearest: true,
  spaceToDepth: true,
  depthToSpace: true,
  concatChannels: true,
  sliceChannels: true,
  channelNorm: true,
  modulate: true,
  groupNorm: true,
  attention: true,
  windowAttention: true,
  nearestIndices: true,
  takeRows: true,
  sequenceConvolution: true,
  spectralNormalize: true,
  leftSingular: true,
  rightSingular: true,
};

export const operationNames = Object.keys(names) as readonly Operation[];

/** Puts a number in place of each slot. Any number will do, since shapes do not depend on it. */
const withoutSlots = (operand: unknown): unknown => {
  if (isSlot(operand)) return 1;
  return Array.isArray(operand) && operand.every(isSlot) ? operand.map(() => 1) : operand;
};

/** The operation as a term. Throws one line if the operands do not fit. */
export const applied = (operation: Operation, operands: readonly unknown[]): Applied => ({
  tag: "applied",
  operation,
  operands,
  shape: resultShape(operation, operands.map(withoutSlots)),
  maker: operation,
});

/** The algebra over terms. */
export const termAlgebra: Algebra<Term> = Object.fromEntries(
  operationNames.map((name) => [name, (...operands: readonly unknown[]): Term => applied(name, operands)]),
) as unknown as Algebra<Term>;

/** The term with other operands; the same term if its operands do not change. */
export const withOperands = (term: Applied, replace: (term: Term) => Term): Applied => {
  let changed = false;
  const operands = mapOperands(term.operands, (operand) => {
    const other = replace(operand);
    changed ||= other !== operand;
    return other;
  });
  return changed ? applied(term.operation, operands) : term;
};
