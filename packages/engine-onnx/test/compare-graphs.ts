/** Compares a graph built with rules with the same graph built without. */
import { elements } from "@tadsr/core";
import { expect } from "vitest";
import { type Graph, makeGraph, type NodeRule } from "../src/onnx/graph.ts";
import type { Value } from "../src/onnx/value.ts";
import { computed, operatorsOf } from "./node-values.ts";

export const counting = (shape: readonly number[]): readonly number[] =>
  Array.from({ length: elements(shape) }, (_, i) => i);

/** Builds a value with rules and without, and gives the operators of both. Fails if their numbers differ. */
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
