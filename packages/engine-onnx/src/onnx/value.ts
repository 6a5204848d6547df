/** An ONNX graph as values that refer to the node that makes them, in ONNX's layouts (images [n, c, h, w]). */

export type Dtype = "float32" | "float16" | "int64" | "uint8" | "bool";

/** float16 numbers are kept as the 16 bits in which they are stored. */
export type Numbers = Float32Array | Uint16Array | BigInt64Array | Uint8Array;

/** An attribute's value. ONNX distinguishes whole numbers from others, and a number from a list. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface OnnxNode {
  readonly op: string;
  /** null for an optional input that is left out. */
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes;
  readonly outputs: number;
}

export type Source =
  | { readonly tag: "input"; readonly name: string }
  | { readonly tag: "initializer"; readonly data: Numbers }
  | { readonly tag: "node"; readonly node: OnnxNode; readonly output: number };

export interface Value {
  /** Its number in the graph, in the order of making. What a node needs has a lower number. */
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly source: Source;
}

/** The numbers of an initializer; null for a computed value. */
export const numbersOf = ({ source }: Value): Numbers | null =>
  source.tag === "initializer" ? source.data : null;

/** The node that makes the value if it has that operator, else null. */
export const madeBy = ({ source }: Value, op: string): OnnxNode | null =>
  source.tag === "node" && source.node.op === op ? source.node : null;

/** The attribute's whole numbers, or the default if it is left out. */
export const intsOf = (
  { attributes }: OnnxNode,
  name: string,
  otherwise: readonly number[] = [],
): readonly number[] => {
  const attribute = attributes[name];
  return attribute !== undefined && "ints" in attribute ? attribute.ints : otherwise;
};

export const intOf = ({ attributes }: OnnxNode, name: string, otherwise = 0): number => {
  const attribute = attributes[name];
  return attribute !== undefined && "int" in attribute ? attribute.int : otherwise;
};
