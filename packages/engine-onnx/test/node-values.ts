/** Computes ONNX graphs of operators that only move and convert numbers, by ONNX's definitions. */
import { elements, isSameShape } from "@tadsr/core";
import { intOf, intsOf, type OnnxNode, type Value } from "../src/onnx/value.ts";

/** Row-major. Whole numbers of 64 bits are kept as numbers. */
export interface Computed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Inputs = Readonly<Record<string, readonly number[]>>;

const placeOf = (index: number, shape: readonly number[]): number[] => {
  const place: number[] = [];
  let rest = index;
  for (const length of shape.toReversed()) {
    place.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return place;
};

const indexOf = (place: readonly number[], shape: readonly number[]): number =>
  place.reduce((index, at, axis) => index * (shape[axis] as number) + at, 0);

/** An array of the given shape. `from` says which place of the other array each element comes from. */
const moved = (a: Computed, shape: readonly number[], from: (place: number[]) => number[]): Computed => ({
  shape,
  data: Array.from(
    { length: elements(shape) },
    (_, index) => a.data[indexOf(from(placeOf(index, shape)), a.shape)] as number,
  ),
});

const reshaped = (a: Computed, target: readonly number[]): Computed => {
  const known = target.map((length, axis) => (length === 0 ? (a.shape[axis] as number) : length));
  const rest = a.data.length / elements(known.filter((length) => length !== -1));
  return { shape: known.map((length) => (length === -1 ? rest : length)), data: a.data };
};

/** A slice along one axis. Negative places count from the end. */
const sliced = (a: Computed, [starts, ends, axes, steps]: readonly Computed[]): Computed => {
  const axis = axes?.data[0] as number;
  const length = a.shape[axis] as number;
  const within = (place: number): number => Math.min(length, Math.max(0, place < 0 ? place + length : place));
  const [start, end, step] = [
    within(starts?.data[0] as number),
    within(ends?.data[0] as number),
    steps?.data[0] ?? 1,
  ];
  const count = Math.max(0, Math.ceil((end - start) / step));
  return moved(
    a,
    a.shape.map((side, i) => (i === axis ? count : side)),
    (place) => place.map((at, i) => (i === axis ? start + at * step : at)),
  );
};

/** The sum of arrays of one rank. An axis of length 1 is repeated. */
const added = (a: Computed, b: Computed): Computed => {
  const shape = a.shape.map((length, axis) => Math.max(length, b.shape[axis] as number));
  const at = ({ shape: own, data }: Computed, place: readonly number[]): number =>
    data[
      indexOf(
        place.map((x, axis) => (own[axis] === 1 ? 0 : x)),
        own,
      )
    ] as number;
  return {
    shape,
    data: Array.from({ length: elements(shape) }, (_, index) => {
      const place = placeOf(index, shape);
      return at(a, place) + at(b, place);
    }),
  };
};

const joined = (parts: readonly Computed[], axis: number): Computed => {
  const [first] = parts as readonly [Computed];
  const lengths = parts.map(({ shape }) => shape[axis] as number);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shape = first.shape.map((side, i) => (i === axis ? total : side));
  const data = Array.from({ length: elements(shape) }, (_, index) => {
    const place = placeOf(index, shape);
    let at = place[axis] as number;
    const part = lengths.findIndex((length) => {
      if (at < length) return true;
      at -= length;
      return false;
    });
    const source = parts[part] as Computed;
    return source.data[
      indexOf(
        place.map((x, i) => (i === axis ? at : x)),
        source.shape,
      )
    ] as number;
  });
  return { shape, data };
};

const CASTS: Readonly<Record<number, (x: number) => number>> = {
  1: Math.fround,
  2: (x) => Math.trunc(x) & 255,
  7: Math.trunc,
  9: (x) => (x === 0 ? 0 : 1),
};

const nodeValue = (node: OnnxNode, inputs: readonly Computed[]): Computed => {
  const [a, ...rest] = inputs as readonly [Computed, ...Computed[]];
  switch (node.op) {
    case "Transpose": {
      const perm = intsOf(node, "perm");
      return moved(
        a,
        perm.map((axis) => a.shape[axis] as number),
        (place) => {
          const from: number[] = [];
          for (const [i, axis] of perm.entries()) from[axis] = place[i] as number;
          return from;
        },
      );
    }
    case "Reshape":
      return reshaped(a, rest[0]?.data ?? []);
    case "Slice":
      return sliced(a, rest);
    case "Concat":
      return joined(inputs, intOf(node, "axis"));
    case "Cast":
      return { shape: a.shape, data: a.data.map(CASTS[intOf(node, "to")] as (x: number) => number) };
    case "Add":
      return added(inputs[0] as Computed, inputs[1] as Computed);
    case "Identity":
      return a;
    default:
      throw new Error(`the test cannot compute ${node.op}`);
  }
};

/** The value's numbers. Throws if they do not have the shape that the graph says. */
export const computed = (value: Value, inputs: Inputs): Computed => {
  const { source, shape } = value;
  const result: Computed =
    source.tag === "input"
      ? { shape, data: inputs[source.name] as readonly number[] }
      : source.tag === "initializer"
        ? { shape, data: Array.from(source.data, Number) }
        : nodeValue(
            source.node,
            source.node.inputs.map((input) => computed(input as Value, inputs)),
          );
  if (!isSameShape(result.shape, shape))
    throw new Error(`the graph says [${shape.join()}] where the values are [${result.shape.join()}]`);
  return result;
};

/** The operators on the way to a value, the last first, following first inputs. */
export const operatorsOf = ({ source }: Value): readonly string[] =>
  source.tag === "node" ? [source.node.op, ...operatorsOf(source.node.inputs[0] as Value)] : [];
