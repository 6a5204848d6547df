/** Lowers attention among all pixels, and among the pixels of a window. */
import { type AttentionOptions, equalWindows, positionRows, type WindowOptions } from "@tadsr/core";
import {
  binary,
  concat,
  gather,
  matMul,
  reshape,
  scalar,
  slice,
  transpose,
  unary,
} from "../onnx/operators.ts";
import { numbersOf, type Value } from "../onnx/value.ts";
import type { Term } from "../recording/term.ts";
import { type Context, demandFixedSize, imageShape } from "./context.ts";
import { asImage } from "./images.ts";

/** Attention of tokens [.., d, s], channels first. `biased` adds the bias to the scores [.., s, s]: [.., d, s]. */
const attend = (
  { graph }: Context,
  query: Value,
  key: Value,
  value: Value,
  biased: (scores: Value) => Value = (scores) => scores,
): Value => {
  const rank = query.shape.length;
  const turn = (a: Value): Value => {
    const axes = a.shape.map((_, axis) => axis);
    return transpose(graph, a, [...axes.slice(0, -2), rank - 1, rank - 2]);
  };
  const width = query.shape[rank - 2] as number;
  const scaled = binary(graph, "Mul", query, scalar(graph, 1 / Math.sqrt(width)));
  const scores = biased(matMul(graph, turn(scaled), key));
  const shares = unary(graph, "Softmax", scores, { axis: { int: -1 } });
  return turn(matMul(graph, shares, turn(value)));
};

/** The most scores that are held at a time: all of them, the square of the number of pixels, would be too many. */
const MOST_SCORES = 2 ** 21;

/** Cuts the queries into parts, each of which attends to all keys. */
const inParts = (context: Context, query: Value, attendPart: (part: Value) => Value): Value => {
  const { graph, dialect } = context;
  const [n = 1, heads = 1, , pixels = 1] = query.shape;
  const step = dialect.openSizes ? pixels : Math.max(1, Math.floor(MOST_SCORES / (n * heads * pixels)));
  const parts = Array.from({ length: Math.ceil(pixels / step) }, (_, part) => {
    const [from, to] = [part * step, Math.min(pixels, (part + 1) * step)];
    return attendPart(to - from === pixels ? query : slice(graph, query, 3, from, to));
  });
  return concat(graph, parts, 3);
};

const attention = (
  context: Context,
  query: Term,
  key: Term,
  value: Term,
  { heads }: AttentionOptions,
): Value => {
  const { graph, of } = context;
  const parts = [query, key, value].map(of);
  const [whole] = parts as [Value];
  const [n, c] = imageShape(whole);
  const [q, k, v] = parts.map((part) => reshape(graph, part, [n, heads, c / heads, -1])) as [
    Value,
    Value,
    Value,
  ];
  const mixed = inParts(context, q, (part) => attend(context, part, k, v));
  return asImage(context, reshape(graph, mixed, [n, c, -1]), whole);
};

/** Moves everything `by` places towards the start of an axis. What leaves there enters at the end. */
const rolled = (graph: Context["graph"], a: Value, axis: number, by: number): Value => {
  const length = a.shape[axis] as number;
  const places = ((by % length) + length) % length;
  if (places === 0) return a;
  return concat(graph, [slice(graph, a, axis, places, length), slice(graph, a, axis, 0, places)], axis);
};

const padded = (graph: Context["graph"], a: Value, bottom: number, right: number): Value =>
  bottom + right === 0
    ? a
    : graph.node({
        op: "Pad",
        inputs: [
          a,
          graph.initializer(BigInt64Array.from([0, 0, 0, 0, 0, 0, bottom, right], BigInt), [8]),
          scalar(graph, 0),
        ],
        shape: a.shape.map((length, axis) => length + (axis === 2 ? bottom : axis === 3 ? right : 0)),
      });

/** The positions' table in the form that is added to the scores: [heads, tokens, tokens]. */
const positionBias = ({ graph }: Context, positions: Value, window: number): Value => {
  const tokens = window * window;
  const rows = positionRows(window);
  const heads = positions.shape[1] as number;
  const table = numbersOf(positions);
  if (table instanceof Float32Array) {
    const bias = new Float32Array(heads * tokens * tokens);
    for (let head = 0; head < heads; head++)
      for (let pair = 0; pair < rows.length; pair++)
        bias[head * rows.length + pair] = table[(rows[pair] as number) * heads + head] as number;
    return graph.initializer(bias, [heads, tokens, tokens]);
  }
  const indices = graph.initializer(BigInt64Array.from(rows, BigInt), [rows.length]);
  const pairs = gather(graph, positions, indices);
  return reshape(graph, transpose(graph, pairs, [1, 0]), [heads, tokens, tokens]);
};

const windowAttention = (
  context: Context,
  query: Term,
  key: Term,
  value: Term,
  positions: Term,
  { heads, window, shift, edges = "separate" }: WindowOptions,
): Value => {
  const { graph, of } = context;
  demandFixedSize(context, "the number of windows and the mask at their edges depend on the size");
  const whole = of(query);
  const [n, c, height, width] = imageShape(whole);
  const { rows, columns, mask } = equalWindows({ height, width, window, shift, edges });
  const [tall, wide, tokens] = [rows * window, columns * window, window * window];
  const count = rows * columns;
  /** [n, windows, heads, c / heads, tokens]. */
  const inWindows = (term: Term): Value => {
    const large = padded(graph, of(term), tall - height, wide - width);
    const moved = rolled(graph, rolled(graph, large, 2, shift), 3, shift);
    const cells = reshape(graph, moved, [n, heads, c / heads, rows, window, columns, window]);
    const turned = transpose(graph, cells, [0, 3, 5, 1, 2, 4, 6]);
    return reshape(graph, turned, [n, count, heads, c / heads, tokens]);
  };
  const bias = positionBias(context, of(positions), window);
  const biased = (scores: Value): Value => {
    const positioned = binary(graph, "Add", scores, bias);
    return mask === null
      ? positioned
      : binary(graph, "Add", positioned, graph.initializer(mask, [count, 1, tokens, tokens]));
  };
  const mixed = attend(context, inWindows(query), inWindows(key), inWindows(value), biased);
  const back = transpose(
    graph,
    reshape(graph, mixed, [n, rows, columns, heads, c / heads, window, window]),
    [0, 3, 4, 1, 5, 2, 6],
  );
  const image = reshape(graph, back, [n, c, tall, wide]);
  const placed = rolled(graph, rolled(graph, image, 2, -shift), 3, -shift);
  return slice(graph, slice(graph, placed, 2, 0, height), 3, 0, width);
};

export const attentions = { attention, windowAttention };
