/** Lowering of normalisations, and of the scale and shift that follow them. */
import type { GroupNormOptions } from "@tadsr/core";
import { binary, reduce, reshape, scalar, unary } from "../onnx/operators.ts";
import { isSameList, madeBy, numbersOf, type Value } from "../onnx/value.ts";
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

const modulate = ({ graph, of }: Context, image: Term, gamma: Term | null, beta: Term): Value => {
  if (gamma === null) return binary(graph, "Add", of(image), atEveryPixel(graph, of(beta)));
  const factor = atEveryPixel(graph, binary(graph, "Add", of(gamma), scalar(graph, 1)));
  return binary(graph, "Add", binary(graph, "Mul", of(image), factor), atEveryPixel(graph, of(beta)));
};

/** An image as it was before a bias was added to its channels, and the bias: [c], null where none was. */
interface Biased {
  readonly image: Value;
  readonly bias: Value | null;
}

/** A convolution that is written as products of matrices adds its bias afterwards, in a node of its own. */
const beforeBias = (graph: Context["graph"], value: Value): Biased => {
  const [image, bias] = madeBy(value, "Add")?.inputs ?? [];
  if (image == null || bias == null || numbersOf(bias) === null) return { image: value, bias: null };
  const [one, channels = 0, ...sides] = bias.shape;
  const isPerChannel = one === 1 && channels === value.shape[1] && sides.every((side) => side === 1);
  return isPerChannel && isSameList(image.shape, value.shape)
    ? { image, bias: reshape(graph, bias, [channels]) }
    : { image: value, bias: null };
};

/**
 * Each group of a sample is normalised: by each channel's mean and mean square, in one pass over the image each, then
 * small tensors alone, and one more pass for (a scale + shift). A bias before it costs nothing so. The variance is the
 * difference of the mean square and the squared mean: it loses as many digits as the mean is larger than the deviation,
 * squared.
 */
const groupNorm = (
  context: Context,
  image: Term,
  weight: Term,
  bias: Term,
  { groups, epsilon }: GroupNormOptions,
): Value => {
  const { graph, of } = context;
  const value = of(image);
  const [n = 1, channels = 1] = value.shape;
  if (n !== 1) return normalisedSamples(context, value, of(weight), of(bias), { groups, epsilon });
  const before = beforeBias(graph, value);
  const flat = reshape(graph, before.image, [1, channels, -1]);
  const grouped = (perChannel: Value): Value => reshape(graph, perChannel, [1, groups, channels / groups]);
  const added = before.bias === null ? null : grouped(before.bias);
  const mean = grouped(reduce(graph, "ReduceMean", flat, [2]));
  // ReduceSumSquare has no kernel for several threads.
  const square = reduce(graph, "ReduceMean", binary(graph, "Mul", flat, flat), [2]);
  // Of a + b for a channel's bias b: E (a + b)^2 = E a^2 + b (2 E a + b).
  const shifted = added === null ? mean : binary(graph, "Add", mean, added);
  const cross = (b: Value): Value =>
    binary(graph, "Mul", b, binary(graph, "Add", binary(graph, "Add", mean, mean), b));
  const shiftedSquare =
    added === null ? grouped(square) : binary(graph, "Add", grouped(square), cross(added));
  const groupMean = reduce(graph, "ReduceMean", shifted, [2]);
  const groupSquare = reduce(graph, "ReduceMean", shiftedSquare, [2]);
  const variance = unary(
    graph,
    "Relu",
    binary(graph, "Sub", groupSquare, binary(graph, "Mul", groupMean, groupMean)),
  );
  const deviation = unary(graph, "Sqrt", binary(graph, "Add", variance, scalar(graph, epsilon)));
  const scale = binary(graph, "Div", grouped(of(weight)), deviation);
  const centre = added === null ? groupMean : binary(graph, "Sub", groupMean, added);
  const shift = binary(graph, "Sub", grouped(of(bias)), binary(graph, "Mul", centre, scale));
  return scaleAndShift(context, before.image, scale, shift);
};

/** a scale + shift for each channel, as the normalisation by known means and variances that it is a case of. */
const scaleAndShift = ({ graph }: Context, image: Value, scale: Value, shift: Value): Value => {
  const channels = image.shape[1] as number;
  const vector = (value: Value): Value => reshape(graph, value, [channels]);
  return graph.node({
    op: "BatchNormalization",
    inputs: [
      image,
      vector(scale),
      vector(shift),
      graph.initializer(new Float32Array(channels), [channels]),
      graph.initializer(new Float32Array(channels).fill(1), [channels]),
    ],
    attributes: { epsilon: { float: 0 } },
    shape: image.shape,
  });
};

/** Each group of each sample is normalised as ONNX normalises a channel, over all that is left of it. */
const normalisedSamples = (
  context: Context,
  value: Value,
  weight: Value,
  bias: Value,
  { groups, epsilon }: GroupNormOptions,
): Value => {
  const { graph } = context;
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
  const whole = asImage(context, reshape(graph, normal, [0, channels, -1]), value);
  const perChannel = (tensor: Value): Value => reshape(graph, tensor, [1, channels, 1, 1]);
  return binary(graph, "Add", binary(graph, "Mul", whole, perChannel(weight)), perChannel(bias));
};

export const normalisation = { channelNorm, modulate, groupNorm };
