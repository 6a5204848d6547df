/**
 * Builds an ONNX graph. Each node is simplified when it is made, by the graph's rules. A node that exists already is
 * not made again. So no pass over the graph is needed afterwards.
 */
import { elements, shapeText } from "@tadsr/core";
import type { Attributes, Dtype, Numbers, OnnxNode, Value } from "./value.ts";

/** A node to be made, with the shapes and types of its results. */
export interface Proposal {
  readonly op: string;
  readonly inputs: readonly (Value | null)[];
  readonly attributes?: Attributes;
  readonly shape: readonly number[];
  readonly dtype?: Dtype;
}

/** The proposed node's result made in another way; null if the rule does not apply. */
export type NodeRule = (graph: Graph, proposal: Proposal) => Value | null;

export interface Graph {
  readonly input: (name: string, shape: readonly number[], dtype?: Dtype) => Value;
  /** A tensor of the file; equal numbers are kept once. */
  readonly initializer: (data: Numbers, shape: readonly number[]) => Value;
  readonly node: (proposal: Proposal) => Value;
  /** A node with several results, of these shapes. */
  readonly nodes: (
    proposal: Omit<Proposal, "shape">,
    shapes: readonly (readonly number[])[],
  ) => readonly Value[];
}

const dtypeOf = (data: Numbers): Dtype => {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Uint16Array) return "float16";
  return data instanceof BigInt64Array ? "int64" : "uint8";
};

/** Lists of up to this many numbers are compared by content, larger ones by identity. */
const SMALL = 64;

export const makeGraph = (rules: readonly NodeRule[]): Graph => {
  let count = 0;
  const made = new Map<string, readonly Value[]>();
  const small = new Map<string, Value>();
  const large = new Map<Numbers, Map<string, Value>>();

  const value = (shape: readonly number[], dtype: Dtype, source: Value["source"]): Value => ({
    id: count++,
    shape,
    dtype,
    source,
  });

  const initializer = (data: Numbers, shape: readonly number[]): Value => {
    if (elements(shape) !== data.length)
      throw new Error(`initializer of ${data.length} numbers for shape ${shapeText(shape)}`);
    const dtype = dtypeOf(data);
    const table: Map<string, Value> = data.length <= SMALL ? small : (large.get(data) ?? new Map());
    if (data.length > SMALL) large.set(data, table);
    const key = `${dtype} ${shape.join()}${data.length <= SMALL ? `: ${data.join()}` : ""}`;
    const known = table.get(key) ?? value(shape, dtype, { tag: "initializer", data });
    table.set(key, known);
    return known;
  };

  const nodes: Graph["nodes"] = ({ op, inputs, attributes = {}, dtype = "float32" }, shapes) => {
    const ids = inputs.map((input) => input?.id ?? "").join();
    const key = `${op}(${ids})${JSON.stringify(attributes)}${dtype}${shapes.length}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const node: OnnxNode = { op, inputs, attributes, outputs: shapes.length };
    const results = shapes.map((shape, output) => value(shape, dtype, { tag: "node", node, output }));
    made.set(key, results);
    return results;
  };

  const graph: Graph = {
    input: (name, shape, dtype = "float32") => value(shape, dtype, { tag: "input", name }),
    initializer,
    nodes,
    node: (proposal) => {
      for (const rule of rules) {
        const other = rule(graph, proposal);
        if (other !== null) return other;
      }
      return nodes(proposal, [proposal.shape])[0] as Value;
    },
  };
  return graph;
};
