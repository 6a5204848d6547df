/** The bytes of a graph's ONNX file. Its weights are inside, or beside it in a file of their own. */
import { elements } from "@tadsr/core";
import type { Lowered } from "../lowering/lower.ts";
import { type AttributeMessage, encodeMessage, type TensorMessage, type ValueMessage } from "./messages.ts";
import type { Attribute, Dtype, Numbers, OnnxNode, Value } from "./value.ts";

/** ONNX's numbers for the element types of tensors. */
const DTYPE_CODES: Readonly<Record<Dtype, number>> = {
  float32: 1,
  uint8: 2,
  int64: 7,
  bool: 9,
  float16: 10,
};

/** The lowest version of the file format that has the operators of an opset. */
const IR_VERSIONS: readonly (readonly [opset: number, ir: number])[] = [
  [23, 11],
  [21, 10],
  [19, 9],
  [15, 8],
];

const irVersionOf = (opset: number): number => IR_VERSIONS.find(([least]) => opset >= least)?.[1] ?? 8;

/** The graph as a list, in an order in which it can be computed. */
export interface Listing {
  readonly nodes: readonly { readonly node: OnnxNode; readonly results: readonly Value[] }[];
  readonly initializers: readonly Value[];
}

/** Everything that `outputs` are made of, and the outputs themselves, each once. What a node needs comes before it. */
export const valuesBelow = (outputs: readonly Value[]): readonly Value[] => {
  const needed = new Map<number, Value>();
  const stack = [...outputs];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (needed.has(value.id)) continue;
    needed.set(value.id, value);
    if (value.source.tag === "node")
      for (const input of value.source.node.inputs) if (input !== null) stack.push(input);
  }
  return [...needed.values()].sort((a, b) => a.id - b.id);
};

/** Everything that the outputs need, each once. */
export const listingOf = ({ outputs }: Pick<Lowered, "outputs">): Listing => {
  const byNode = new Map<OnnxNode, Value[]>();
  const initializers: Value[] = [];
  for (const value of valuesBelow(outputs.map(({ value }) => value))) {
    if (value.source.tag === "initializer") initializers.push(value);
    if (value.source.tag === "node") {
      const results = byNode.get(value.source.node) ?? [];
      results.push(value);
      byNode.set(value.source.node, results);
    }
  }
  return { nodes: [...byNode].map(([node, results]) => ({ node, results })), initializers };
};

const TYPES = { float: 1, int: 2, text: 3, ints: 7 } as const;

const attributeMessage = (name: string, attribute: Attribute): AttributeMessage => {
  if ("float" in attribute) return { name, f: attribute.float, type: TYPES.float };
  if ("int" in attribute) return { name, i: attribute.int, type: TYPES.int };
  if ("text" in attribute) return { name, s: new TextEncoder().encode(attribute.text), type: TYPES.text };
  return { name, ints: attribute.ints, type: TYPES.ints };
};

export const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Weights beside the file: the name of that file, and the offset of each weight in it. */
export interface Beside {
  readonly file: string;
  readonly offsetOf: (initializer: Value) => number | null;
}

export interface EncodeOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly producer?: { readonly name: string; readonly version: string };
  readonly description?: string;
  readonly graphName?: string;
  /** Names of open dimensions, by the name of the input or output and the axis. */
  readonly openDimension?: (name: string, axis: number) => string | null;
  /** The name of an initializer; by default its number. */
  readonly nameOf?: (initializer: Value) => string | null;
  readonly beside?: Beside;
}

const tensorMessage = (value: Value, name: string, beside: Beside | undefined): TensorMessage => {
  const { shape, dtype, source } = value;
  const numbers = source.tag === "initializer" ? source.data : new Float32Array();
  const head = { dims: shape, dataType: DTYPE_CODES[dtype], name };
  const offset = beside?.offsetOf(value) ?? null;
  if (beside === undefined || offset === null) return { ...head, rawData: bytesOf(numbers) };
  const entry = (key: string, text: string | number) => ({ key, value: String(text) });
  const externalData = [
    entry("location", beside.file),
    entry("offset", offset),
    entry("length", numbers.byteLength),
  ];
  return { ...head, externalData, dataLocation: 1 };
};

/**
 * The file. Every result has the name of its output. A result that is an input or a constant, or occurs twice, gets a
 * node of its own.
 */
export const encodeModel = (lowered: Lowered, options: EncodeOptions = {}): Uint8Array => {
  const { nodes, initializers } = listingOf(lowered);
  const names = new Map<number, string>();
  for (const { value, name } of lowered.feeds) names.set(value.id, name);
  for (const value of initializers) names.set(value.id, options.nameOf?.(value) ?? `constant${value.id}`);
  const copies: { readonly from: Value; readonly to: string }[] = [];
  for (const { value, name } of lowered.outputs) {
    if (value.source.tag === "node" && !names.has(value.id)) names.set(value.id, name);
    else copies.push({ from: value, to: name });
  }
  const nameOf = (value: Value | null): string =>
    value === null ? "" : (names.get(value.id) ?? `value${value.id}`);
  const described = (name: string, { shape, dtype }: Value): ValueMessage => ({
    name,
    type: {
      tensorType: {
        elemType: DTYPE_CODES[dtype],
        shape: {
          dim: shape.map((length, axis) => {
            const open = options.openDimension?.(name, axis) ?? null;
            return open === null ? { dimValue: length } : { dimParam: open };
          }),
        },
      },
    },
  });
  const used = new Set(nodes.flatMap(({ node }) => node.inputs.map((input) => input?.id)));
  const isUsed = ({ id }: Value): boolean => used.has(id) || copies.some(({ from }) => from.id === id);
  return encodeMessage({
    irVersion: irVersionOf(lowered.opset),
    producerName: options.producer?.name ?? "tadsr",
    producerVersion: options.producer?.version ?? "",
    ...(options.description === undefined ? {} : { docString: options.description }),
    opsetImport: [{ version: lowered.opset }],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: options.graphName ?? "tadsr",
      node: [
        ...nodes.map(({ node, results }, index) => ({
          name: `${node.op}${index}`,
          opType: node.op,
          input: node.inputs.map(nameOf),
          output: Array.from({ length: node.outputs }, (_, output) => {
            const result = results.find(({ source }) => source.tag === "node" && source.output === output);
            return result === undefined ? "" : nameOf(result);
          }),
          attribute: Object.entries(node.attributes).map(([name, attribute]) =>
            attributeMessage(name, attribute),
          ),
        })),
        ...copies.map(({ from, to }, index) => ({
          name: `Copy${index}`,
          opType: "Identity",
          input: [nameOf(from)],
          output: [to],
        })),
      ],
      initializer: initializers.map((value) => tensorMessage(value, nameOf(value), options.beside)),
      input: lowered.feeds
        .filter(({ value }) => isUsed(value))
        .map(({ name, value }) => described(name, value)),
      output: lowered.outputs.map(({ name, value }) => described(name, value)),
    },
  });
};

/** How many numbers the nodes compute in total: a measure of the work in a graph without large products. */
export const computedNumbers = (lowered: Pick<Lowered, "outputs">): number =>
  listingOf(lowered)
    .nodes.flatMap(({ results }) => results)
    .reduce((sum, { shape }) => sum + elements(shape), 0);

/** How many nodes there are of each operator, by the operator's name. */
export const nodeCounts = (lowered: Pick<Lowered, "outputs">): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const { node } of listingOf(lowered).nodes) counts.set(node.op, (counts.get(node.op) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b, "en")));
};
