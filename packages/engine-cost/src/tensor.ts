/** The cost interpreter's tensor, and the checks its operations share. */
import { isSameShape, shapeText } from "@tadsr/core";
import { type Shape, type ShapeMismatch, shapeMismatch } from "./shape.ts";

/**
 * A shape, and what made it: the number of an operation in the order of execution, or the name of an input or
 * parameter.
 */
export interface CostTensor {
  readonly shape: Shape;
  readonly source: number | string;
  /** The operation's name, or the name of the input or parameter. */
  readonly maker: string;
}

/** The error that passes through the program's own code to `costOf`, which catches it. */
export interface ThrownMismatch extends Error {
  readonly mismatch: ShapeMismatch;
}

export const isThrownMismatch = (thrown: unknown): thrown is ThrownMismatch =>
  thrown instanceof Error && "mismatch" in thrown;

export const describe = ({ shape, source, maker }: CostTensor): string =>
  typeof source === "string"
    ? `${JSON.stringify(maker)} ${shapeText(shape)}`
    : `${shapeText(shape)} of ${maker}`;

const refuse = (operation: string, found: string, expected: string): never => {
  const mismatch = shapeMismatch(operation, found, expected);
  throw Object.assign(new Error(mismatch.message), { mismatch });
};

export const demand = (
  holds: boolean,
  operation: string,
  found: () => string,
  expected: () => string,
): void => {
  if (!holds) refuse(operation, found(), expected());
};

export interface ImageSize {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

export const imageSize = (operation: string, tensor: CostTensor): ImageSize => {
  const [n, h, w, c, more] = tensor.shape;
  if (n === undefined || h === undefined || w === undefined || c === undefined || more !== undefined)
    return refuse(operation, describe(tensor), "an image [n, h, w, c]");
  return { n, h, w, c };
};

/** Checks that the tensor has that shape. */
export const demandShape = (operation: string, tensor: CostTensor, shape: Shape): void =>
  demand(
    isSameShape(tensor.shape, shape),
    operation,
    () => describe(tensor),
    () => shapeText(shape),
  );

/** Checks that all tensors have the shape of the first. */
export const demandSameShapes = (operation: string, tensors: readonly CostTensor[]): void => {
  const [first, ...others] = tensors;
  for (const other of others)
    demand(
      first !== undefined && isSameShape(first.shape, other.shape),
      operation,
      () => tensors.map(describe).join(" and "),
      () => "equal shapes",
    );
};

export const demandWhole = (operation: string, name: string, value: number, least: number): void =>
  demand(
    Number.isSafeInteger(value) && value >= least,
    operation,
    () => `${name} ${value}`,
    () => `a whole number from ${least} up`,
  );
