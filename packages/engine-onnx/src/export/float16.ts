/**
 * A graph in float16: weights and computed values are float16, inputs and outputs are float32. float16 ends at 65504
 * and has 11 bits, so three things stay in float32: the statistics of norms, since their squares would be too large and
 * their epsilon too small; softmax, whose sum has as many terms as there are pixels; and the distances to a codebook,
 * where a rounding error would choose another entry.
 */
import { toHalf } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type { Lowered } from "../lowering/lower.ts";
import { valuesBelow } from "../onnx/encode.ts";
import { type Graph, makeGraph } from "../onnx/graph.ts";
import { cast } from "../onnx/operators.ts";
import { nodeRules } from "../onnx/rules.ts";
import { type Numbers, numbersOf, type OnnxNode, type Value } from "../onnx/value.ts";

/**
 * Operators that sum many numbers, compare such sums, or subtract large means from the numbers that they are means of.
 */
const WIDE: ReadonlySet<string> = new Set([
  "ReduceMean",
  "ReduceSum",
  "ReduceSumSquare",
  "InstanceNormalization",
  "BatchNormalization",
  "Softmax",
  "ArgMin",
]);

/** The results of these operators are still statistics, until they meet the image that they belong to. */
const OF_STATISTICS: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div", "Relu", "Sqrt", "Max"]);
const STATISTICS: ReadonlySet<string> = new Set(["ReduceMean", "ReduceSum", "ReduceSumSquare"]);

/** These only move numbers, so their result has the width of what they move. */
const MOVERS: ReadonlySet<string> = new Set([
  "Reshape",
  "Transpose",
  "Slice",
  "Concat",
  "Gather",
  "Pad",
  "Resize",
  "DepthToSpace",
  "SpaceToDepth",
]);

/**
 * The inputs after the first ones are settings, in float32 or whole numbers. Their type does not depend on the image's.
 */
const SETTINGS_FROM: Readonly<Record<string, number>> = { Resize: 1, Reshape: 1, Slice: 1, Gather: 1 };

const nodeOf = ({ source }: Value): OnnxNode | null => (source.tag === "node" ? source.node : null);

/** The nodes that are computed in float32. */
const wideNodes = (values: readonly Value[]): ReadonlySet<OnnxNode> => {
  const wide = new Set<OnnxNode>();
  const statistics = new Set<OnnxNode>();
  const users = new Map<OnnxNode, OnnxNode[]>();
  for (const value of values) {
    const node = nodeOf(value);
    if (node === null) continue;
    const before = node.inputs.flatMap((input) => (input === null ? [] : (nodeOf(input) ?? [])));
    for (const maker of before) users.set(maker, [...(users.get(maker) ?? []), node]);
    const isOfStatistics = before.length > 0 && before.every((maker) => statistics.has(maker));
    const continues = isOfStatistics && OF_STATISTICS.has(node.op);
    if (STATISTICS.has(node.op) || continues || (isOfStatistics && MOVERS.has(node.op))) statistics.add(node);
    if (WIDE.has(node.op) || continues) wide.add(node);
  }
  // A square that is only summed, or a distance that is only compared.
  const only = (node: OnnxNode, ops: ReadonlySet<string>): boolean =>
    (users.get(node) ?? []).length > 0 && (users.get(node) ?? []).every(({ op }) => ops.has(op));
  for (const value of values) {
    const node = nodeOf(value);
    if (node?.op === "Mul" && only(node, STATISTICS)) wide.add(node);
    if (node?.op === "Gemm" && only(node, new Set(["ArgMin"]))) wide.add(node);
  }
  return wide;
};

/** A graph in float16, and for each of its number arrays the one of the other graph. */
export interface Narrowed {
  readonly lowered: Lowered;
  readonly originals: ReadonlyMap<Numbers, Numbers>;
}

/** The place of the first number that is infinite or NaN in half precision; -1 if none is. */
const firstInfinite = (halves: Uint16Array): number => halves.findIndex((half) => (half & 0x7c00) === 0x7c00);

const toHalves = (numbers: Float32Array): Uint16Array => {
  const halves = new Uint16Array(numbers.length);
  for (let i = 0; i < halves.length; i++) halves[i] = toHalf(numbers[i] as number);
  return halves;
};

/** A number of the graph is too large for float16, or is not finite. */
export interface BeyondFloat16 {
  readonly _tag: "BeyondFloat16";
  readonly value: number;
  readonly message: string;
}

const beyondFloat16 = (value: number): BeyondFloat16 => ({
  _tag: "BeyondFloat16",
  value,
  message: `one of the numbers is ${value}, which float16 cannot hold; take float32`,
});

export const toFloat16 = (lowered: Lowered): E.Either<BeyondFloat16, Narrowed> => {
  const graph: Graph = makeGraph(nodeRules);
  const values = valuesBelow(lowered.outputs.map(({ value }) => value));
  const wide = wideNodes(values);
  const halves = new Map<Numbers, Uint16Array>();
  const originals = new Map<Numbers, Numbers>();
  let lost: number | null = null;
  /** The new values, with the type in which they are computed, by the old value's number. */
  const native = new Map<number, Value>();

  const halfOf = (numbers: Float32Array): Uint16Array => {
    const known = halves.get(numbers);
    if (known !== undefined) return known;
    const half = toHalves(numbers);
    const at = firstInfinite(half);
    if (at !== -1) lost ??= numbers[at] as number;
    halves.set(numbers, half);
    originals.set(half, numbers);
    return half;
  };
  const initializer = (value: Value, numbers: Numbers, dtype: "float16" | "float32"): Value =>
    graph.initializer(
      dtype === "float16" && numbers instanceof Float32Array ? halfOf(numbers) : numbers,
      value.shape,
    );
  const as =
    (dtype: "float16" | "float32") =>
    (value: Value): Value => {
      const numbers = numbersOf(value);
      if (numbers !== null) return initializer(value, numbers, dtype);
      const made = native.get(value.id) as Value;
      const isFloat = made.dtype === "float16" || made.dtype === "float32";
      return isFloat && made.dtype !== dtype ? cast(graph, made, dtype) : made;
    };
  /** Whether everything that is moved is in float32. Constants take the type of the others. */
  const movesWide = ({ op, inputs }: OnnxNode): boolean => {
    const moved = inputs.slice(0, SETTINGS_FROM[op] ?? inputs.length).filter((input) => input !== null);
    const computed = moved.filter((input) => numbersOf(input) === null);
    return computed.length > 0 && computed.every(({ id }) => native.get(id)?.dtype === "float32");
  };
  const widthOf = (node: OnnxNode): "float16" | "float32" => {
    if (wide.has(node)) return "float32";
    return MOVERS.has(node.op) && movesWide(node) ? "float32" : "float16";
  };
  const remade = (node: OnnxNode, value: Value): Value => {
    const width = widthOf(node);
    const settings = SETTINGS_FROM[node.op] ?? Number.POSITIVE_INFINITY;
    // A cast, a shape and whole numbers take inputs of any type.
    const takesAny = node.op === "Cast" || node.op === "Shape";
    const inputs = node.inputs.map((input, place) => {
      if (input === null) return null;
      if (takesAny) return native.get(input.id) ?? as("float32")(input);
      return as(place >= settings ? "float32" : width)(input);
    });
    const isFloat = value.dtype === "float32" && node.op !== "Cast";
    return graph.node({ ...node, inputs, shape: value.shape, dtype: isFloat ? width : value.dtype });
  };
  for (const value of values) {
    const { source, shape } = value;
    if (source.tag === "input") native.set(value.id, graph.input(source.name, shape, value.dtype));
    if (source.tag === "node") native.set(value.id, remade(source.node, value));
  }
  const feeds = lowered.feeds
    .filter(({ value }) => native.has(value.id))
    .map((feed) => ({ ...feed, value: native.get(feed.value.id) as Value }));
  const outputs = lowered.outputs.map(({ name, value }) => ({ name, value: as("float32")(value) }));
  return lost === null
    ? E.right({ lowered: { ...lowered, feeds, outputs }, originals })
    : E.left(beyondFloat16(lost));
};
