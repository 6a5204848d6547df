/**
 * The graph of a file for other tools: its input and output images are [n, c, h, w], and it uses ONNX's own operators
 * only.
 */
import * as E from "fp-ts/lib/Either.js";
import { type Dialect, isFixedSize } from "../lowering/context.ts";
import { fromPixels, toPixels } from "../lowering/images.ts";
import { type Lowered, lower } from "../lowering/lower.ts";
import { type Graph, makeGraph } from "../onnx/graph.ts";
import { conv, ints, OPSET } from "../onnx/operators.ts";
import { nodeRules } from "../onnx/rules.ts";
import type { Value } from "../onnx/value.ts";
import { rules, simplify } from "../passes/index.ts";
import type { Given, Term } from "../recording/term.ts";
import { rebuild, sameNode } from "./rebuild.ts";

/** The opsets whose operators this writer uses: from 18 on, reductions take their axes as an input. */
export const OPSETS: readonly number[] = [18, 19, 20, 21, 22, 23];
export const DEFAULT_OPSET = OPSET;

/**
 * An image that the file computes from one of its inputs: the input is extended by its edge pixels, by half of the
 * kernel's side, and convolved. The algebra has no such padding, so a term cannot express it.
 */
export interface Filtered {
  readonly image: Given;
  readonly input: Given;
  /** [out, in, k, k], k odd. The image has the input's height and width and `out` channels. */
  readonly kernel: Given;
}

export interface ExportPlan {
  /** In the order in which the file lists them. */
  readonly inputs: readonly { readonly name: string; readonly term: Given }[];
  readonly filtered: readonly Filtered[];
  readonly outputs: readonly { readonly name: string; readonly term: Term }[];
}

export type ExportDialect = Pick<Dialect, "opset" | "winograd" | "openSizes">;

/** The part of the file for the kernel: pads with edge pixels, then convolves without padding. */
const filter = (graph: Graph, image: Value, kernel: Given): Value => {
  const [n = 1, c = 1, h = 1, w = 1] = image.shape;
  const side = kernel.shape[2] ?? 1;
  const around = (side - 1) / 2;
  const padded = graph.node({
    op: "Pad",
    inputs: [image, ints(graph, 0, 0, around, around, 0, 0, around, around)],
    attributes: { mode: { text: "edge" } },
    shape: [n, c, h + 2 * around, w + 2 * around],
  });
  return conv(graph, padded, graph.initializer(Float32Array.from(kernel.data), kernel.shape), null);
};

const isImage = ({ shape }: Value): boolean => shape.length === 4;

/**
 * The lowered graph with the images of its inputs and outputs channels first, and with the filtered images computed.
 */
const withEdges = (lowered: Lowered, { inputs, filtered }: ExportPlan): Lowered => {
  const graph = makeGraph(nodeRules);
  const given = new Map<unknown, Value>();
  const feeds = inputs.map(({ name, term }) => {
    const [n = 1, h = 1, w = 1, c = 1] = term.shape;
    const value = graph.input(name, term.shape.length === 4 ? [n, c, h, w] : term.shape);
    given.set(term, value);
    return { name, value, source: term };
  });
  for (const { image, input, kernel } of filtered)
    given.set(image, filter(graph, given.get(input) as Value, kernel));
  const sources = new Map(lowered.feeds.map(({ value, source }) => [value.id, source]));
  const of = rebuild(
    lowered.outputs.map(({ value }) => value),
    (value, renewed) => {
      const { source } = value;
      if (source.tag === "initializer") return graph.initializer(source.data, value.shape);
      if (source.tag === "node") return sameNode(graph, source.node, value, renewed);
      const input = given.get(sources.get(value.id));
      if (input === undefined) throw new Error(`the plan does not have the input ${source.name}`);
      return isImage(input) ? toPixels(graph, input) : input;
    },
  );
  const outputs = lowered.outputs.map(({ name, value }) => {
    const renewed = of(value);
    return { name, value: isImage(renewed) ? fromPixels(graph, renewed) : renewed };
  });
  return { feeds, outputs, opset: lowered.opset };
};

/** The graph depends on a size that was to stay open. */
export interface SizeNeeded {
  readonly _tag: "SizeNeeded";
  readonly message: string;
}

/** Errors: `SizeNeeded`, if sizes are to be left open. */
export const exportGraph = (plan: ExportPlan, dialect: ExportDialect): E.Either<SizeNeeded, Lowered> => {
  const names = new Map<Given, string>(plan.inputs.map(({ name, term }) => [term, name]));
  const results = simplify(
    plan.outputs.map(({ term }) => term),
    rules,
  );
  try {
    const lowered = lower(results, {
      ...dialect,
      nameOf: (term) => names.get(term) ?? "filtered",
      resultNames: plan.outputs.map(({ name }) => name),
    });
    return E.right(withEdges(lowered, plan));
  } catch (thrown) {
    if (isFixedSize(thrown)) return E.left({ _tag: "SizeNeeded", message: thrown.fixedSize });
    throw thrown;
  }
};
