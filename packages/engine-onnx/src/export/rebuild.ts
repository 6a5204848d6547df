/** Makes a graph again, value by value, in another graph. Passes over a finished graph use it. */
import { valuesBelow } from "../onnx/encode.ts";
import type { Graph } from "../onnx/graph.ts";
import type { OnnxNode, Value } from "../onnx/value.ts";

/** The new value of an old value that was made already. */
export type Renewed = (value: Value) => Value;

/** The same node with the new inputs; the graph's rules simplify it again. */
export const sameNode = (graph: Graph, node: OnnxNode, like: Value, of: Renewed): Value => {
  if (node.outputs !== 1)
    throw new Error(`${node.op} has ${node.outputs} results; a file has only nodes with one`);
  return graph.node({
    op: node.op,
    inputs: node.inputs.map((input) => (input === null ? null : of(input))),
    attributes: node.attributes,
    shape: like.shape,
    dtype: like.dtype,
  });
};

/** Makes every value below `outputs` again with `make`. Returns the table from old to new values. */
export const rebuild = (outputs: readonly Value[], make: (value: Value, of: Renewed) => Value): Renewed => {
  const table = new Map<number, Value>();
  const of: Renewed = ({ id }) => table.get(id) as Value;
  for (const value of valuesBelow(outputs)) table.set(value.id, make(value, of));
  return of;
};
