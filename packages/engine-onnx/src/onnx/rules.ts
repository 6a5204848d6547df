/** The simplifications of ONNX nodes. Each gives the same values by the definition of the operators. */
import { elements, isSameShape } from "@tadsr/core";
import type { NodeRule, Proposal } from "./graph.ts";
import { intOf, intsOf, madeBy, type Numbers, numbersOf, type OnnxNode, type Value } from "./value.ts";

const first = ({ inputs }: Pick<OnnxNode, "inputs">): Value => inputs[0] as Value;

const permOf = ({ attributes }: Pick<Proposal, "attributes">): readonly number[] => {
  const perm = attributes?.perm;
  return perm !== undefined && "ints" in perm ? perm.ints : [];
};

/** Consecutive transposes become one, and one that moves nothing is dropped. */
export const mergeTransposes: NodeRule = (graph, proposal) => {
  if (proposal.op !== "Transpose") return null;
  const [input, perm] = [first(proposal), permOf(proposal)];
  if (perm.every((axis, i) => axis === i)) return input;
  const before = madeBy(input, "Transpose");
  if (before === null) return null;
  const inner = intsOf(before, "perm");
  const ints = perm.map((axis) => inner[axis] as number);
  return graph.node({ ...proposal, inputs: [first(before)], attributes: { perm: { ints } } });
};

/** A transpose that only moves axes of length 1 becomes a reshape, which copies nothing. */
export const reshapeInsteadOfTranspose: NodeRule = (graph, proposal) => {
  if (proposal.op !== "Transpose") return null;
  const input = first(proposal);
  const moved = permOf(proposal).filter((axis) => input.shape[axis] !== 1);
  if (moved.some((axis, i) => i > 0 && axis < (moved[i - 1] as number))) return null;
  const target = BigInt64Array.from(proposal.shape, BigInt);
  return graph.node({
    op: "Reshape",
    inputs: [input, graph.initializer(target, [target.length])],
    shape: proposal.shape,
    dtype: input.dtype,
  });
};

/** The target of a reshape if it is in the file; null if it is computed or refers to the input's lengths. */
const fixedTarget = ([, target]: readonly (Value | null)[]): readonly number[] | null => {
  const numbers = target === undefined || target === null ? null : numbersOf(target);
  return numbers === null ? null : Array.from(numbers as BigInt64Array, Number);
};

/** Of several reshapes only the last is kept, and one that changes nothing is dropped. */
export const mergeReshapes: NodeRule = (graph, proposal) => {
  if (proposal.op !== "Reshape") return null;
  const input = first(proposal);
  const target = fixedTarget(proposal.inputs);
  if (target !== null && !target.includes(-1) && isSameShape(input.shape, proposal.shape)) return input;
  const before = madeBy(input, "Reshape");
  if (before === null || target?.includes(0) === true) return null;
  const [, shape = null] = proposal.inputs;
  return graph.node({ ...proposal, inputs: [first(before), shape] });
};

/** ONNX Runtime transposes larger tensors when it reads the file, and is faster at it. */
const MOST_TRANSPOSED = 2 ** 18;

/** A tensor in the file is reshaped when the file is written, and transposed too if it is small. */
export const moveInitializers: NodeRule = (graph, { op, inputs, shape, attributes }) => {
  if (op !== "Reshape" && op !== "Transpose") return null;
  const input = inputs[0] as Value;
  const numbers = numbersOf(input);
  if (numbers === null) return null;
  if (op === "Reshape") return graph.initializer(numbers, shape);
  if (numbers.length > MOST_TRANSPOSED) return null;
  return graph.initializer(transposed(numbers, input.shape, permOf({ attributes: attributes ?? {} })), shape);
};

/** The numbers in the order of the permuted axes. */
export const transposed = <A extends Numbers>(
  numbers: A,
  shape: readonly number[],
  perm: readonly number[],
): A => {
  const strides = shape.map((_, axis) => elements(shape.slice(axis + 1)));
  const lengths = perm.map((axis) => shape[axis] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  const result = numbers.slice() as A;
  const place = lengths.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = numbers[from] as never;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (lengths[axis] as number)) break;
      from -= (steps[axis] as number) * (lengths[axis] as number);
      place[axis] = 0;
    }
  }
  return result;
};

interface Run {
  readonly whole: Value;
  readonly start: number;
  readonly end: number;
}

/** The part of another value that a slice along one axis, with steps of one, takes. */
const runOf = (value: Value, axis: number): Run | null => {
  const slice = madeBy(value, "Slice");
  if (slice === null) return null;
  const [whole, ...places] = slice.inputs as readonly Value[];
  const [starts, ends, axes] = places.map((place) => Array.from(numbersOf(place) ?? [], Number));
  // A fourth list would be the steps.
  if (whole === undefined || places.length !== 3 || axes?.length !== 1 || axes[0] !== axis) return null;
  return { whole, start: starts?.[0] ?? 0, end: Math.min(ends?.[0] ?? 0, whole.shape[axis] ?? 0) };
};

/** Neighbouring slices that are joined again become one slice, or the whole. */
export const joinSlices: NodeRule = (graph, { op, inputs, attributes, shape, dtype }) => {
  if (op !== "Concat") return null;
  const [only] = inputs;
  if (inputs.length === 1 && only != null) return only;
  const axis = intOf({ attributes: attributes ?? {} } as OnnxNode, "axis");
  const runs = inputs.map((input) => runOf(input as Value, axis));
  const [head] = runs;
  const tail = runs.at(-1);
  if (head == null || tail == null) return null;
  const isJoined = runs.every(
    (run, i) => run?.whole === head.whole && (i === 0 || run.start === runs[i - 1]?.end),
  );
  if (!isJoined) return null;
  if (isSameShape(head.whole.shape, shape)) return head.whole;
  const one = (place: number): Value => graph.initializer(BigInt64Array.of(BigInt(place)), [1]);
  return graph.node({
    op: "Slice",
    inputs: [head.whole, one(head.start), one(tail.end), one(axis)],
    shape,
    ...(dtype === undefined ? {} : { dtype }),
  });
};

/** Whole numbers that were converted to floats and back: the float type represents them exactly. */
export const mergeCasts: NodeRule = (_, { op, inputs, dtype }) => {
  if (op !== "Cast" || dtype !== "int64") return null;
  const input = inputs[0] as Value;
  const before = madeBy(input, "Cast");
  return input.dtype === "float32" && before !== null && first(before).dtype === "int64"
    ? first(before)
    : null;
};

/** The constant [1, c, 1, 1] in the file that is added to each channel; null if the value is no such sum. */
const perChannelSum = (value: Value): readonly [rest: Value, constant: Value] | null => {
  const [rest, constant] = madeBy(value, "Add")?.inputs ?? [];
  if (rest == null || constant == null || numbersOf(constant) === null) return null;
  const { shape } = constant;
  const isPerChannel = shape.length === 4 && elements(shape) === shape[1] && shape[0] === 1;
  return isPerChannel && isSameShape(rest.shape, value.shape) ? [rest, constant] : null;
};

/**
 * A number for each channel is added last: (a + c) + b = (a + b) + c, and (a + c) + d = a + (c + d) for another such
 * number d. A normalisation can absorb it without a pass over the image, and several of them become one.
 */
export const addPerChannelLast: NodeRule = (graph, proposal) => {
  if (proposal.op !== "Add") return null;
  const [a, b] = proposal.inputs as readonly [Value, Value];
  if (numbersOf(b) !== null) {
    const before = perChannelSum(a);
    const c = before === null ? null : numbersOf(before[1]);
    const d = numbersOf(b);
    if (before === null || !(c instanceof Float32Array) || !(d instanceof Float32Array)) return null;
    if (!isSameShape(before[1].shape, b.shape)) return null;
    const sum = graph.initializer(
      c.map((number, i) => number + (d[i] as number)),
      b.shape,
    );
    return graph.node({ ...proposal, inputs: [before[0], sum] });
  }
  if (!isSameShape(a.shape, b.shape)) return null;
  const [left, right] = [perChannelSum(a), perChannelSum(b)];
  const [summed, other] = left !== null ? [left, b] : [right, a];
  if (summed === null) return null;
  const sum = graph.node({ ...proposal, inputs: left !== null ? [summed[0], other] : [other, summed[0]] });
  return graph.node({ ...proposal, inputs: [sum, summed[1]] });
};

export const nodeRules: readonly NodeRule[] = [
  mergeTransposes,
  moveInitializers,
  reshapeInsteadOfTranspose,
  mergeReshapes,
  joinSlices,
  mergeCasts,
  addPerChannelLast,
];
