/** Lowering of normalisations, and of the scale and shift that follow them. */
import type { GroupNormOptions } from "@tadsr/core";
import { binary, reduce, reshape, scalar, unary } from "../onnx/operators.ts";
import type { Value } from "../onnx/value.ts";
import type { Term } from "../recording/term.ts";
import type { Context } from "./context.ts";
import { asImage } from "./images.ts";

const channelNorm = ({ graph, of }: Context, image: Term, epsilon: number): Value => {
  const value = of(image);
  const square = reduce(graph, "ReduceMean", binary(graph, "Mul", value, value), [1]);
  const root = unary(graph, "Sqrt", binary(graph, "Add", square, scalar(graph, epsilon)));
  return binary(graph, "Div", value, root);
};

/** [n, c] beside an image: [n, c, 1, 1]. */
const atEveryPixel = (graph: Context["graph"], matrix: Value): Value => reshape(graph, matrix, [0, 0, 1, 1]);

const modulate = ({ graph, of }: Context, image: Term, gamma: Term, beta: Term): Value => {
  const factor = atEveryPixel(graph, binary(graph, "Add", of(gamma), scalar(graph, 1)));
  return binary(graph, "Add", binary(graph, "Mul", of(image), factor), atEveryPixel(graph, of(beta)));
};

/** Each group of a sample is normalised as ONNX normalises a channel, over all that is left of it. */
const groupNorm = (
  context: Context,
  image: Term,
  weight: Term,
  bias: Term,
  { groups, epsilon }: GroupNormOptions,
): Value => {
  const { graph, of } = context;
  const value = of(image);
  const [, channels = 1] = value.shape;
  const grouped = reshape(graph, value, [0, groups, -1]);
  const normal = graph.node({
    op: "InstanceNormalization",
    inputs: [
      grouped,
      graph.initializer(new Float32Array(groups).fill(1), [groups]),
      graph.initializer(new Float32Array(groups), [groups]),
    ],
    attributes: { epsilon: { float: epsilon } },
    shape: grouped.shape,
  });
  const flat = reshape(graph, normal, [0, channels, -1]);
  const whole = asImage(context, flat, value);
  const perChannel = (term: Term): Value => reshape(graph, of(term), [1, channels, 1, 1]);
  return binary(graph, "Add", binary(graph, "Mul", whole, perChannel(weight)), perChannel(bias));
};

export const normalisation = { channelNorm, modulate, groupNorm };
