/** Turns terms into an ONNX graph: its inputs, its results, and the data for the inputs. */
import { makeGraph } from "../onnx/graph.ts";

import { nodeRules } from "../onnx/rules.ts";
import type { Value } from "../onnx/value.ts";
import type { NumberSlot } from "../recording/number-slot.ts";
import { type Given, type Term, termsBelow } from "../recording/term.ts";
import { attentions } from "./attention.ts";
import { codebook } from "./codebook.ts";
import type { Context, Dialect, Lowerings } from "./context.ts";
import { convolutions } from "./convolutions.ts";
import { fromPixels, images, toPixels } from "./images.ts";
import { normalisation } from "./normalisation.ts";
import { pointwise } from "./pointwise.ts";
import { sequences } from "./sequences.ts";

const lowerings = {
  ...pointwise,
  ...convolutions,
  ...images,
  ...normalisation,
  ...attentions,
  ...codebook,
  ...sequences,
} as unknown as Lowerings;

/** An input of the graph, in its logical layout, and where its numbers come from. */
export interface Feed {
  readonly value: Value;
  readonly name: string;
  readonly source: Given | NumberSlot;
}

export interface Output {
  readonly name: string;
  /** In the logical layout. */
  readonly value: Value;
}

export interface Lowered {
  readonly feeds: readonly Feed[];
  readonly outputs: readonly Output[];
  readonly opset: number;
}

export interface LowerOptions extends Dialect {
  readonly nameOf: (given: Given) => string;
  readonly resultNames: readonly string[];
}

const numbersOf = ({ data }: Given): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data);

/**
 * The graph of these results. Images enter and leave as [n, h, w, c], and their transposes are nodes of the graph. A
 * result with four axes is an image, since no operation makes a convolution's kernel.
 */
export const lower = (results: readonly Term[], options: LowerOptions): Lowered => {
  const graph = makeGraph(nodeRules);
  const feeds: Feed[] = [];
  const values = new Map<Term, Value>();
  const feed = (source: Feed["source"], shape: readonly number[], name: string): Value => {
    const value = graph.input(name, shape);
    feeds.push({ value, name, source });
    return value;
  };
  const context: Context = {
    graph,
    dialect: options,
    of: (term) => values.get(term) as Value,
    number: (number) =>
      typeof number === "number"
        ? graph.initializer(Float32Array.of(number), [])
        : feed(number, [], `number${number.slot}`),
  };
  const valueFor = (term: Term): Value => {
    if (term.tag === "applied") {
      const run = lowerings[term.operation] as (context: Context, ...operands: readonly unknown[]) => Value;
      return run(context, ...term.operands);
    }
    const { kind, shape, use } = term;
    const value =
      use === "constant"
        ? graph.initializer(numbersOf(term), shape)
        : feed(term, shape, options.nameOf(term));
    return kind === "image" ? fromPixels(graph, value) : value;
  };
  for (const term of termsBelow(results)) values.set(term, valueFor(term));
  const outputs = results.map((term, i): Output => {
    const value = values.get(term) as Value;
    return {
      name: options.resultNames[i] ?? `result${i}`,
      value: value.shape.length === 4 ? toPixels(graph, value) : value,
    };
  });
  return { feeds, outputs, opset: options.opset };
};
