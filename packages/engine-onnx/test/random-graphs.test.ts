/**
 * Random ONNX graphs, built with each rule and with all: they have the same numbers as without rules, and fewer nodes.
 */
import { elements } from "@tadsr/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph } from "../src/onnx/graph.ts";
import { cast, concat, reshape, slice, transpose } from "../src/onnx/operators.ts";
import { addPerChannelLast, nodeRules } from "../src/onnx/rules.ts";
import type { Value } from "../src/onnx/value.ts";
import { compare, counting } from "./compare-graphs.ts";

/** Lists of lengths with the given product. */
const factorings = (count: number): fc.Arbitrary<readonly number[]> =>
  fc
    .array(fc.constantFrom(1, 2, 3, 4), { minLength: 1, maxLength: 4 })
    .map((lengths) =>
      lengths.filter((length, i) => count % elements(lengths.slice(0, i + 1)) === 0 || length === 1),
    )
    .map((lengths) => (count % elements(lengths) === 0 ? [...lengths, count / elements(lengths)] : [count]));

type Change = (graph: Graph, a: Value, choices: readonly number[]) => Value;

/** A permutation of the axes 0..n-1 from random choices. */
const permutation = (n: number, choices: readonly number[]): readonly number[] =>
  Array.from({ length: n }, (_, axis) => axis).sort((a, b) => (choices[a] ?? 0) - (choices[b] ?? 0) || a - b);

const changes: readonly Change[] = [
  (g, a, choices) => transpose(g, a, permutation(a.shape.length, choices)),
  (g, a, choices) => {
    const perm = permutation(a.shape.length, choices);
    const back = perm.map((_, axis) => perm.indexOf(axis));
    return transpose(g, transpose(g, a, perm), back);
  },
  (g, a, [choice = 0]) => {
    const [lengths] = fc.sample(factorings(elements(a.shape)), { seed: choice, numRuns: 1 });
    return reshape(g, a, lengths ?? []);
  },
  (g, a, [choice = 0]) => {
    const axis = choice % a.shape.length;
    return reshape(
      g,
      a,
      a.shape.map((length, i) => (i === axis ? -1 : i < axis ? 0 : length)),
    );
  },
  (g, a, [first = 0, second = 0, third = 0]) => {
    const axis = first % a.shape.length;
    const length = a.shape[axis] as number;
    const cut = second % (length + 1);
    const from = third % 2 === 0 ? 0 : Math.min(1, cut);
    const parts = [slice(g, a, axis, from, cut), slice(g, a, axis, cut, length)];
    const some = parts.filter(({ shape }) => elements(shape) > 0);
    if (some.length === 0) return a;
    return concat(g, third % 3 === 0 ? some.toReversed() : some, axis);
  },
  (g, a, [choice = 0]) => cast(g, a, choice % 2 === 0 ? "int64" : "float32"),
  (g, a) => cast(g, cast(g, cast(g, a, "int64"), "float32"), "int64"),
];

const programs = fc.record({
  shape: fc.array(fc.constantFrom(1, 2, 3, 4), { minLength: 1, maxLength: 4 }),
  inFile: fc.boolean(),
  steps: fc.array(
    fc.tuple(
      fc.nat({ max: changes.length - 1 }),
      fc.array(fc.nat({ max: 99 }), { minLength: 4, maxLength: 4 }),
    ),
    { minLength: 4, maxLength: 10 },
  ),
});

const RUNS = 200;

/** The rules for these graphs, which move and convert numbers and never add. */
const rulesOfMoves = nodeRules.filter((rule) => rule !== addPerChannelLast);

describe.each([
  ...rulesOfMoves.map((rule) => [rule.name, [rule]] as const),
  ["all rules", nodeRules] as const,
])("random graphs by %s", (_, rules) => {
  it("have the same numbers, kinds and shapes as without, and many have fewer nodes", () => {
    let simpler = 0;
    fc.assert(
      fc.property(programs, ({ shape, inFile, steps }) => {
        const build = (graph: Graph, a: Value): Value => {
          const start = inFile ? graph.initializer(Float32Array.from(counting(shape)), shape) : a;
          return steps.reduce(
            (value, [change, choices]) => (changes[change] as Change)(graph, value, choices),
            start,
          );
        };
        const { operators, plain } = compare(rules, shape, build);
        if (operators.join() !== plain.join()) simpler += 1;
      }),
      { seed: 42, numRuns: RUNS },
    );
    expect(simpler).toBeGreaterThan(RUNS / 10);
  });
});
