/** Each simplification of ONNX nodes by itself: where it applies, where it must not, and that it keeps values. */
import { describe, expect, it } from "vitest";
import { type Graph, makeGraph, type NodeRule } from "../src/onnx/graph.ts";
import { binary, cast, concat, ints, reshape, slice, transpose } from "../src/onnx/operators.ts";
import * as all from "../src/onnx/rules.ts";
import { madeBy, type Value } from "../src/onnx/value.ts";
import { compare, counting } from "./compare-graphs.ts";
import { computed, operatorsOf } from "./node-values.ts";

type Case = readonly [
  title: string,
  shape: readonly number[],
  build: (graph: Graph, a: Value) => Value,
  operators: readonly string[],
];

const itLeaves = (rule: NodeRule, cases: readonly (readonly [Case[0], Case[1], Case[2]])[]): void => {
  it.each(cases)("leaves %s", (_, shape, build) => {
    const { operators, plain } = compare([rule], shape, build);
    expect(operators).toEqual(plain);
  });
};

const itMakes = (rule: NodeRule, cases: readonly Case[]): void => {
  it.each(cases)("%s", (_, shape, build, operators) => {
    expect(compare([rule], shape, build).operators).toEqual(operators);
  });
};

describe("consecutive transposes", () => {
  itMakes(all.mergeTransposes, [
    ["become one", [2, 3, 4], (g, a) => transpose(g, transpose(g, a, [1, 2, 0]), [0, 2, 1]), ["Transpose"]],
    [
      "vanish if the second undoes the first",
      [2, 3, 4, 5],
      (g, a) => transpose(g, transpose(g, a, [0, 3, 1, 2]), [0, 2, 3, 1]),
      [],
    ],
    ["vanish if one moves nothing", [2, 3], (g, a) => transpose(g, a, [0, 1]), []],
    [
      "vanish if three of them undo each other",
      [2, 3, 4],
      (g, a) => transpose(g, transpose(g, transpose(g, a, [1, 2, 0]), [1, 2, 0]), [1, 2, 0]),
      [],
    ],
  ]);
  itLeaves(all.mergeTransposes, [
    ["a single one", [2, 3], (g, a) => transpose(g, a, [1, 0])],
    [
      "two with a reshape between them",
      [2, 6],
      (g, a) => transpose(g, reshape(g, transpose(g, a, [1, 0]), [3, 4]), [1, 0]),
    ],
    [
      "one that moves an axis of length 1, which is the work of another rule",
      [1, 3],
      (g, a) => transpose(g, a, [1, 0]),
    ],
  ]);
});

describe("a transpose that only moves axes of length 1", () => {
  itMakes(all.reshapeInsteadOfTranspose, [
    ["is a reshape", [1, 3, 1, 4], (g, a) => transpose(g, a, [1, 0, 3, 2]), ["Reshape"]],
    [
      "is a reshape for one channel, as pixels",
      [2, 1, 3, 4],
      (g, a) => transpose(g, a, [0, 2, 3, 1]),
      ["Reshape"],
    ],
    ["is a reshape if every axis has length 1", [1, 1], (g, a) => transpose(g, a, [1, 0]), ["Reshape"]],
  ]);
  itLeaves(all.reshapeInsteadOfTranspose, [
    ["two axes that change places around one of length 1", [3, 1, 4], (g, a) => transpose(g, a, [2, 1, 0])],
    ["an image of three channels", [1, 3, 2, 2], (g, a) => transpose(g, a, [0, 2, 3, 1])],
  ]);
});

describe("consecutive reshapes", () => {
  itMakes(all.mergeReshapes, [
    ["become the last one", [2, 6], (g, a) => reshape(g, reshape(g, a, [3, 4]), [4, -1]), ["Reshape"]],
    ["vanish if the first shape comes back", [2, 6], (g, a) => reshape(g, reshape(g, a, [12]), [2, 6]), []],
    ["vanish if one changes nothing", [2, 6], (g, a) => reshape(g, a, [0, 6]), []],
  ]);
  itLeaves(all.mergeReshapes, [
    [
      "a target that takes a length from the shape between them",
      [4, 6],
      (g, a) => reshape(g, reshape(g, a, [3, 8]), [0, 2, 4]),
    ],
    [
      "two with a transpose between them",
      [2, 6],
      (g, a) => reshape(g, transpose(g, reshape(g, a, [3, 4]), [1, 0]), [2, 6]),
    ],
    [
      "a target with -1, which may be another length at another size",
      [2, 6],
      (g, a) => reshape(g, a, [2, -1]),
    ],
    [
      "a target that is computed",
      [2, 6],
      (g, a) =>
        g.node({
          op: "Reshape",
          inputs: [a, concat(g, [ints(g, 3), slice(g, ints(g, 4, 5), 0, 0, 1)], 0)],
          shape: [3, 4],
        }),
    ],
  ]);
});

describe("reshaping and transposing tensors of the file", () => {
  const numbers = (shape: readonly number[]) => Float32Array.from(counting(shape));
  const inFile = (build: (graph: Graph, a: Value) => Value): Value => {
    const [ruled, plain] = [[all.moveInitializers], []].map((rules) => {
      const graph = makeGraph(rules);
      return build(graph, graph.initializer(numbers([2, 3, 4]), [2, 3, 4]));
    }) as [Value, Value];
    expect(computed(ruled, {})).toEqual(computed(plain, {}));
    return ruled;
  };

  it("is done when it is written", () => {
    for (const value of [
      inFile((g, a) => transpose(g, a, [2, 0, 1])),
      inFile((g, a) => reshape(g, a, [4, -1])),
      inFile((g, a) => transpose(g, reshape(g, transpose(g, a, [1, 0, 2]), [6, 4]), [1, 0])),
    ])
      expect(value.source.tag).toBe("initializer");
  });

  it("leaves the numbers it was given as they were", () => {
    const graph = makeGraph([all.moveInitializers]);
    const data = numbers([2, 3]);
    transpose(graph, graph.initializer(data, [2, 3]), [1, 0]);
    expect([...data]).toEqual(counting([2, 3]));
  });

  it("keeps numbers of every kind", () => {
    const graph = makeGraph([all.moveInitializers]);
    const whole = graph.initializer(BigInt64Array.from([1n, 2n, 3n, 4n, 5n, 2n ** 40n]), [2, 3]);
    const turned = transpose(graph, whole, [1, 0]);
    expect(turned.dtype).toBe("int64");
    expect(computed(turned, {}).data).toEqual([1, 4, 2, 5, 3, 2 ** 40]);
  });

  itLeaves(all.moveInitializers, [
    ["a transpose of what is fed", [2, 3], (g, a) => transpose(g, a, [1, 0])],
    ["a reshape of what is fed", [2, 3], (g, a) => reshape(g, a, [6])],
  ]);
  it("leaves other operators on it", () => {
    expect(inFile((g, a) => slice(g, a, 1, 0, 2)).source.tag).toBe("node");
  });
});

describe("neighbouring slices that are joined again", () => {
  itMakes(all.joinSlices, [
    [
      "become the whole",
      [2, 6],
      (g, a) => concat(g, [slice(g, a, 1, 0, 2), slice(g, a, 1, 2, 3), slice(g, a, 1, 3, 6)], 1),
      [],
    ],
    [
      "become one slice",
      [6, 2],
      (g, a) => concat(g, [slice(g, a, 0, 1, 2), slice(g, a, 0, 2, 5)], 0),
      ["Slice"],
    ],
    ["become the slice itself if there is only one", [6], (g, a) => concat(g, [a], 0), []],
  ]);
  const stepped = (g: Graph, a: Value, start: number, end: number): Value =>
    g.node({
      op: "Slice",
      inputs: [a, ints(g, start), ints(g, end), ints(g, 0), ints(g, 2)],
      shape: [Math.ceil((end - start) / 2)],
    });
  itLeaves(all.joinSlices, [
    ["those with steps", [6], (g, a) => concat(g, [stepped(g, a, 0, 4), stepped(g, a, 4, 6)], 0)],
    ["those with a gap", [6], (g, a) => concat(g, [slice(g, a, 0, 0, 2), slice(g, a, 0, 3, 6)], 0)],
    ["those in another order", [6], (g, a) => concat(g, [slice(g, a, 0, 3, 6), slice(g, a, 0, 0, 3)], 0)],
    ["those that overlap", [6], (g, a) => concat(g, [slice(g, a, 0, 0, 4), slice(g, a, 0, 3, 6)], 0)],
    [
      "those that are joined along another axis",
      [4, 4],
      (g, a) => concat(g, [slice(g, a, 0, 0, 2), slice(g, a, 0, 2, 4)], 1),
    ],
    [
      "those of different values",
      [6],
      (g, a) => concat(g, [slice(g, a, 0, 0, 3), slice(g, cast(g, a, "int64"), 0, 3, 6)], 0),
    ],
    [
      "those that are joined with something else",
      [6],
      (g, a) => concat(g, [slice(g, a, 0, 0, 3), slice(g, a, 0, 3, 6), a], 0),
    ],
  ]);
});

describe("whole numbers that become floats and whole again", () => {
  const whole = (g: Graph): Value => g.initializer(BigInt64Array.from([0n, 3n, 8191n]), [3]);
  const through = (...kinds: readonly Value["dtype"][]): Value => {
    const [ruled, plain] = [[all.mergeCasts], []].map((rules) => {
      const graph = makeGraph(rules);
      return kinds.reduce((value, kind) => cast(graph, value, kind), whole(graph));
    }) as [Value, Value];
    expect(computed(ruled, {})).toEqual(computed(plain, {}));
    return ruled;
  };

  it("are dropped", () => {
    expect(operatorsOf(through("float32", "int64"))).toEqual([]);
    expect(operatorsOf(through("float32", "int64", "float32"))).toEqual(["Cast"]);
  });

  it("stay if the type between cannot represent them", () => {
    expect(operatorsOf(through("bool", "int64"))).toEqual(["Cast", "Cast"]);
    expect(operatorsOf(through("uint8", "int64"))).toEqual(["Cast", "Cast"]);
  });

  itLeaves(all.mergeCasts, [
    ["floats that become whole", [3], (g, a) => cast(g, a, "int64")],
    [
      "floats that become whole and floats again, which drops their fractions",
      [3],
      (g, a) => cast(g, cast(g, a, "int64"), "float32"),
    ],
  ]);
});

describe("a number added to each channel", () => {
  const shape = [1, 3, 2, 2] as const;
  const channels = (g: Graph, first: number): Value =>
    g.initializer(Float32Array.of(first, first + 1, first + 2), [1, 3, 1, 1]);
  const plus = (g: Graph, a: Value, b: Value): Value => binary(g, "Add", a, b);
  /** Another value of the shape. */
  const other = (g: Graph, a: Value): Value => transpose(g, a, [0, 1, 3, 2]);
  const lastAdded = (value: Value): Value | null | undefined => madeBy(value, "Add")?.inputs[1];

  it.each<readonly [string, (g: Graph, a: Value) => Value]>([
    ["the first", (g, a) => plus(g, plus(g, a, channels(g, 5)), other(g, a))],
    ["the second", (g, a) => plus(g, other(g, a), plus(g, a, channels(g, 5)))],
    ["each", (g, a) => plus(g, plus(g, a, channels(g, 5)), plus(g, other(g, a), channels(g, 7)))],
  ])("to %s of two is added to their sum", (_, build) => {
    compare([all.addPerChannelLast], shape, build);
    const graph = makeGraph([all.addPerChannelLast]);
    const result = build(graph, graph.input("a", shape));
    expect(lastAdded(result)?.shape).toEqual([1, 3, 1, 1]);
    // And to nothing before that.
    const rest = madeBy(result, "Add")?.inputs[0] as Value;
    expect(lastAdded(rest)?.shape).toEqual(shape);
  });

  itMakes(all.addPerChannelLast, [
    ["twice is added once", shape, (g, a) => plus(g, plus(g, a, channels(g, 5)), channels(g, 7)), ["Add"]],
  ]);

  itLeaves(all.addPerChannelLast, [
    [
      "a number for each row",
      shape,
      (g, a) => plus(g, plus(g, a, g.initializer(Float32Array.of(1, 2), [1, 1, 2, 1])), other(g, a)),
    ],
    ["an image added to an image", shape, (g, a) => plus(g, a, other(g, a))],
    [
      "a number added to vectors",
      [3],
      (g, a) => plus(g, plus(g, a, g.initializer(Float32Array.of(1, 2, 3), [3])), a),
    ],
  ]);
});

describe("all rules of nodes together", () => {
  it("cancel the transposes between operations on images", () => {
    const { operators } = compare(all.nodeRules, [2, 3, 4, 5], (g, a) => {
      const image = transpose(g, a, [0, 3, 1, 2]);
      const pixels = transpose(g, image, [0, 2, 3, 1]);
      return reshape(g, reshape(g, pixels, [2, -1, 5]), [2, 3, 4, 5]);
    });
    expect(operators).toEqual([]);
  });
});
