/** Lowers normalisations, and the scale and shift that follow them. */
import { type GroupNormOptions, isSameShape } from "@tadsr/core";
import { binary, reduce, reshape, scalar, unary } from "../onnx/operators.ts";
import { madeBy, numbersOf, type Value } from "../onnx/value.ts";
import type { Term } from "../recording/term.ts";
import type { Context } from "./context.ts";
import { asImage } from "./images.ts";

const channelNorm = ({ graph, of }: Context, image: Term, epsilon: number): Value => {
  const value = of(image);
  const square = reduce(graph, "ReduceMean", binary(graph, "Mul", value, value), [1]);
  const root = unary(graph, "Sqrt", binary(graph, "Add", square, scalar(graph, epsilon)));
  return binary(graph, "Div", value, root);
};

/** [n, c] in the shape that broadcasts over an image: [n, c, 1, 1]. */
const atEveryPixel = (graph: Context["graph"], matrix: Value): Value => reshape(graph, matrix, [0, 0, 1, 1]);

const modulate = ({ graph, of }: Context, image: Term, gamma: Term | null, beta: Term): Value => {
  if (gamma === null) return binary(graph, "Add", of(image), atEveryPixel(graph, of(beta)));
  const factor = atEveryPixel(graph, binary(graph, "Add", of(gamma), scalar(graph, 1)));
  return binary(graph, "Add", binary(graph, "Mul", of(image), factor), atEveryPixel(graph, of(beta)));
};

/** An image before a bias was added to its channels, and the bias: [c], or null if there is none. */
interface Biased {
  readonly image: Value;
  readonly bias: Value | null;
}

/** A convolution written as products of matrices adds its bias afterwards, in a separate node. */
const beforeBias = (graph: Context["graph"], value: Value): Biased => {
  const [image, bias] = madeBy(value, "Add")?.inputs ?? [];
  if (image == null || bias == null || numbersOf(bias) === null) return { image: value, bias: null };
  const [one, channels = 0, ...sides] = bias.shape;
  const isPerChannel = one === 1 && channels === value.shape[1] && sides.every((side) => side === 1);
  return isPerChannel && isSameShape(image.shape, value.shape)
    ? { image, bias: reshape(graph, bias, [channels]) }
    : { image: value, bias: null };
};

/**
 * Normalises each group of a sample. It takes each channel's mean and mean square, in one pass over the image each,
 * computes on small tensors, and takes one more pass for (a scale + shift). So a bias before the normalisation costs
 * nothing. The variance is the difference of the mean square and the squared mean. It loses digits in proportion to the
 * square of mean / deviation.
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
  // ReduceSumSquare runs on one thread only.
  const square = reduce(graph, "ReduceMean", binary(graph, "Mul", flat, flat), [2]);
  // For a + b, where b is a channel's bias: E (a + b)^2 = E a^2 + b (2 E a + b).
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

/** a scale + shift for each channel, as a normalisation with known means and variances, of which it is a case. */
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

/** Normalises each group of each sample as ONNX normalises a channel, over all the remaining axes. */
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
