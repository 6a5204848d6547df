/** Lowers convolutions and linear maps. */
import type { ConvolutionOptions } from "@tadsr/core";
import { conv, reshape } from "../onnx/operators.ts";
import type { Value } from "../onnx/value.ts";
import type { Term } from "../recording/term.ts";
import { type Context, imageShape } from "./context.ts";
import { isTransformed, winogradConvolution } from "./winograd.ts";

const optional = ({ of }: Context, bias: Term | null): Value | null => (bias === null ? null : of(bias));

const padsOf = ({ padding: { top, left, bottom, right } }: ConvolutionOptions): readonly number[] => [
  top,
  left,
  bottom,
  right,
];

const conv2d = (
  context: Context,
  image: Term,
  weight: Term,
  bias: Term | null,
  options: ConvolutionOptions,
): Value => {
  const [value, kernel, offset] = [context.of(image), context.of(weight), optional(context, bias)];
  const { stride } = options;
  const pads = padsOf(options);
  return isTransformed(context, value, kernel, pads, stride)
    ? winogradConvolution(context, value, kernel, offset)
    : conv(context.graph, value, kernel, offset, { stride, pads });
};

const depthwiseConv2d = (
  context: Context,
  image: Term,
  weight: Term,
  bias: Term | null,
  options: ConvolutionOptions,
): Value => {
  const value = context.of(image);
  const [, group] = imageShape(value);
  return conv(context.graph, value, context.of(weight), optional(context, bias), {
    stride: options.stride,
    pads: padsOf(options),
    group,
  });
};

/** A product of matrices; on an image, a 1x1 convolution. */
const linear = (context: Context, a: Term, weight: Term, bias: Term | null): Value => {
  const { graph, of } = context;
  const [input, matrix, offset] = [of(a), of(weight), optional(context, bias)];
  const [o = 1, i = 1] = matrix.shape;
  if (input.shape.length === 4) return conv(graph, input, reshape(graph, matrix, [o, i, 1, 1]), offset);
  return graph.node({
    op: "Gemm",
    inputs: offset === null ? [input, matrix] : [input, matrix, offset],
    attributes: { transB: { int: 1 } },
    shape: [input.shape[0] as number, o],
  });
};

export const convolutions = { conv2d, depthwiseConv2d, linear };
