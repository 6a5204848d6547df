/** A graph built with rules, beside the same one built without. */
import { expect } from "vitest";
import { type Graph, makeGraph, type NodeRule } from "../src/onnx/graph.ts";
import { elementsOf, type Value } from "../src/onnx/value.ts";
import { computed, operatorsOf } from "./node-values.ts";

export const counting = (shape: readonly number[]): readonly number[] =>
  Array.from({ length: elementsOf(shape) }, (_, i) => i);

/** A value built with rules and without: the operators of both; fails where they differ in numbers. */
export const compare = (
  rules: readonly NodeRule[],
  shape: readonly number[],
  build: (graph: Graph, a: Value) => Value,
): { readonly operators: readonly string[]; readonly plain: readonly string[] } => {
  const [plain, ruled] = [[], rules].map((list) => {
    const graph = makeGraph(list);
    return build(graph, graph.input("a", shape));
  }) as [Value, Value];
  const inputs = { a: counting(shape) };
  expect(computed(ruled, inputs)).toEqual(computed(plain, inputs));
  expect(ruled.dtype).toBe(plain.dtype);
  return { operators: operatorsOf(ruled), plain: operatorsOf(plain) };
};
