/** Where a tensor's numbers are within its storage: offset and strides, counted in numbers. */

import { elements, shapeText } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { isWholeNumber } from "../count.ts";
import { type Checked, invalid } from "./complaint.ts";
import { described, isKind, type PickleValue, type TorchStorage, type TorchTensor } from "./pickle-values.ts";

/** PyTorch's own limit on a tensor's dimensions. */
const MOST_DIMENSIONS = 64;

const countsOf = (value: PickleValue | undefined): readonly number[] | null =>
  isKind(value, "tuple") && value.items.length <= MOST_DIMENSIONS && value.items.every(isWholeNumber)
    ? value.items
    : null;

/** Null if the product is too large for a safe integer. */
const product = (shape: readonly number[]): number | null => {
  const count = elements(shape);
  return Number.isSafeInteger(count) ? count : null;
};

/** How many numbers of the storage there are from a tensor's first to its last. */
export const span = ({ shape, strides }: Pick<TorchTensor, "shape" | "strides">): number =>
  shape.includes(0) ? 0 : shape.reduce((last, size, i) => last + (size - 1) * (strides[i] ?? 0), 1);

/** A tensor whose parts have the right types and whose numbers are all within the storage. */
export const checkedTensor = (
  storage: TorchStorage,
  offset: PickleValue | undefined,
  sizes: PickleValue | undefined,
  steps: PickleValue | undefined,
): Checked<TorchTensor> => {
  const [shape, strides] = [countsOf(sizes), countsOf(steps)];
  if (!isWholeNumber(offset)) return invalid(`the offset ${described(offset)}`, "a whole number from 0");
  if (shape === null || strides === null || shape.length !== strides.length)
    return invalid("a wrong shape or strides", "whole numbers from 0, as many strides as sizes");
  if (product(shape) === null) return invalid(`the shape ${shapeText(shape)}`, "one that fits into memory");
  const tensor: TorchTensor = { kind: "tensor", storage, offset, shape, strides };
  const end = offset + span(tensor);
  return end <= storage.count
    ? E.right(tensor)
    : invalid(
        `a tensor of shape ${shapeText(shape)} and strides ${shapeText(strides)} that ends at number ${end}`,
        `at most the ${storage.count} numbers of its storage`,
      );
};

/** Whether the numbers follow one another in row-major order. */
export const isContiguous = ({ shape, strides }: Pick<TorchTensor, "shape" | "strides">): boolean => {
  if (shape.includes(0)) return true;
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] ?? 1;
    if (size !== 1 && strides[i] !== step) return false;
    step *= size;
  }
  return true;
};

/** Whether a stride of 0 repeats a number at several places of the tensor. */
export const isExpanded = ({ shape, strides }: Pick<TorchTensor, "shape" | "strides">): boolean =>
  shape.some((size, i) => size > 1 && strides[i] === 0);

/** Whether two places of the tensor share a number without a stride of 0. PyTorch's views never overlap so. */
export const isOverlapping = ({ shape, strides }: Pick<TorchTensor, "shape" | "strides">): boolean => {
  if (shape.includes(0)) return false;
  const axes = shape
    .map((size, i) => ({ size, stride: strides[i] ?? 0 }))
    .filter(({ size, stride }) => size > 1 && stride > 0)
    .sort((a, b) => a.stride - b.stride);
  let reach = 0;
  for (const { size, stride } of axes) {
    if (stride <= reach) return true;
    reach += (size - 1) * stride;
  }
  return false;
};

/** The tensor's numbers in row-major order, from the numbers of its span. */
export const gather = <A extends Float32Array | Float64Array>(
  { shape, strides }: Pick<TorchTensor, "shape" | "strides">,
  numbers: A,
  result: A,
): A => {
  const last = shape.length - 1;
  const [length, step] = [shape[last] ?? 1, strides[last] ?? 0];
  const index = new Array<number>(Math.max(0, last)).fill(0);
  let row = 0;
  for (let at = 0; at < result.length; at += length) {
    for (let i = 0; i < length; i++) result[at + i] = numbers[row + i * step] as number;
    // The next row: the last index but one goes up, and carries.
    for (let axis = last - 1; axis >= 0; axis--) {
      row += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      row -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
};
