/** ONNX's operators as functions of values, with the shapes of their results. Opset 20. */
import { elements } from "@tadsr/core";
import type { Graph } from "./graph.ts";
import type { Attributes, Dtype, Value } from "./value.ts";

export const OPSET = 20;

/** Indices into a tensor are whole numbers of 64 bits. */
export const ints = (graph: Graph, ...numbers: readonly number[]): Value =>
  graph.initializer(BigInt64Array.from(numbers, BigInt), [numbers.length]);

export const scalar = (graph: Graph, number: number): Value => graph.initializer(Float32Array.of(number), []);

/** The broadcast shape: from the right, lengths are equal, or one of them is 1 or missing. */
const broadcast = (a: readonly number[], b: readonly number[]): readonly number[] => {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number): number => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => Math.max(at(a, axis), at(b, axis)));
};

type Elementwise = "Add" | "Sub" | "Mul" | "Div";

export const binary = (graph: Graph, op: Elementwise, a: Value, b: Value): Value =>
  graph.node({ op, inputs: [a, b], shape: broadcast(a.shape, b.shape) });

export const unary = (graph: Graph, op: string, a: Value, attributes: Attributes = {}): Value =>
  graph.node({ op, inputs: [a], attributes, shape: a.shape });

export const cast = (graph: Graph, a: Value, dtype: Dtype): Value => {
  const types: Readonly<Record<Dtype, number>> = { float32: 1, uint8: 2, int64: 7, bool: 9, float16: 10 };
  return graph.node({
    op: "Cast",
    inputs: [a],
    attributes: { to: { int: types[dtype] } },
    shape: a.shape,
    dtype,
  });
};

/** `perm[i]` is the axis that becomes axis i. */
export const transpose = (graph: Graph, a: Value, perm: readonly number[]): Value =>
  graph.node({
    op: "Transpose",
    inputs: [a],
    attributes: { perm: { ints: perm } },
    shape: perm.map((axis) => a.shape[axis] as number),
    dtype: a.dtype,
  });

/**
 * Reshapes to a target in ONNX's terms: 0 is the length of the input's axis at that place, and -1 is what remains.
 * Targets that do not contain the picture's size serve pictures of every size.
 * sizes of the picture serve pictures of every size.
 */
export const reshape = (graph: Graph, a: Value, target: readonly number[]): Value => {
  const known = target.map((length, axis) => (length === 0 ? (a.shape[axis] as number) : length));
  const rest = elements(a.shape) / elements(known.filter((length) => length !== -1));
  return graph.node({
    op: "Reshape",
    inputs: [a, ints(graph, ...target)],
    shape: known.map((length) => (length === -1 ? rest : length)),
    dtype: a.dtype,
  });
};

/** The elements start..end - 1 along an axis. */
export const slice = (graph: Graph, a: Value, axis: number, start: number, end: number): Value =>
  graph.node({
    op: "Slice",
    inputs: [a, ints(graph, start), ints(graph, end), ints(graph, axis)],
    shape: a.shape.map((length, i) => (i === axis ? end - start : length)),
    dtype: a.dtype,
  });

export const concat = (graph: Graph, parts: readonly Value[], axis: number): Value =>
  graph.node({
    op: "Concat",
    inputs: parts,
    attributes: { axis: { int: axis } },
    shape: (parts[0]?.shape ?? []).map((length, i) =>
      i === axis ? parts.reduce((sum, { shape }) => sum + (shape[i] as number), 0) : length,
    ),
    dtype: parts[0]?.dtype ?? "float32",
  });

/** The product of the last two axes; the axes before them broadcast. */
export const matMul = (graph: Graph, a: Value, b: Value): Value =>
  graph.node({
    op: "MatMul",
    inputs: [a, b],
    shape: [
      ...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)),
      a.shape.at(-2) as number,
      b.shape.at(-1) as number,
    ],
  });

export const reduce = (
  graph: Graph,
  op: "ReduceMean" | "ReduceSum" | "ReduceSumSquare",
  a: Value,
  axes: readonly number[],
  keep = true,
): Value =>
  graph.node({
    op,
    inputs: [a, ints(graph, ...axes)],
    attributes: { keepdims: { int: keep ? 1 : 0 } },
    shape: keep
      ? a.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
      : a.shape.filter((_, axis) => !axes.includes(axis)),
  });

/** The rows of the first axis with the given numbers. */
export const gather = (graph: Graph, rows: Value, indices: Value): Value =>
  graph.node({
    op: "Gather",
    inputs: [rows, indices],
    attributes: { axis: { int: 0 } },
    shape: [...indices.shape, ...rows.shape.slice(1)],
    dtype: rows.dtype,
  });

export interface ConvOptions {
  readonly stride?: number;
  /** Zeros before each axis and after it: top, left, bottom, right. */
  readonly pads?: readonly number[];
  readonly group?: number;
}

export const conv = (
  graph: Graph,
  image: Value,
  weight: Value,
  bias: Value | null,
  { stride = 1, pads, group = 1 }: ConvOptions = {},
): Value => {
  const [n = 1, , ...sides] = image.shape;
  const [o = 1, , ...kernel] = weight.shape;
  const around = pads ?? sides.flatMap(() => [0, 0]);
  const after = (side: number, axis: number): number => {
    const padded = side + (around[axis] as number) + (around[axis + sides.length] as number);
    return Math.floor((padded - (kernel[axis] as number)) / stride) + 1;
  };
  return graph.node({
    op: "Conv",
    inputs: bias === null ? [image, weight] : [image, weight, bias],
    attributes: {
      kernel_shape: { ints: kernel },
      strides: { ints: sides.map(() => stride) },
      pads: { ints: around },
      ...(group === 1 ? {} : { group: { int: group } }),
    },
    shape: [n, o, ...sides.map(after)],
  });
};
