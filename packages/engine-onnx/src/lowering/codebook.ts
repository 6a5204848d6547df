/** Lowers vector quantisation: one product of matrices, and the index of the smallest distance. */
import { binary, cast, gather, reduce, reshape, transpose } from "../onnx/operators.ts";
import type { Value } from "../onnx/value.ts";
import type { Term } from "../recording/term.ts";
import { type Context, imageShape } from "./context.ts";
import { asImage, flatPixels, toPixels } from "./images.ts";

/** |e|^2 - 2 z e: the squared distance without |z|^2, which is the same for every entry: [pixels, k]. */
const distances = ({ graph }: Context, pixels: Value, codebook: Value): Value => {
  const [k = 1] = codebook.shape;
  const squares = reduce(graph, "ReduceSum", binary(graph, "Mul", codebook, codebook), [1], false);
  return graph.node({
    op: "Gemm",
    inputs: [pixels, codebook, squares],
    attributes: { alpha: { float: -2 }, transB: { int: 1 } },
    shape: [pixels.shape[0] as number, k],
  });
};

const nearestIndices = (context: Context, image: Term, codebook: Term): Value => {
  const { graph, of } = context;
  const value = of(image);
  const [n, c] = imageShape(value);
  const pixels = reshape(graph, toPixels(graph, value), [-1, c]);
  const nearest = graph.node({
    op: "ArgMin",
    inputs: [distances(context, pixels, of(codebook))],
    attributes: { axis: { int: 1 }, keepdims: { int: 0 }, select_last_index: { int: 0 } },
    shape: [pixels.shape[0] as number],
    dtype: "int64",
  });
  const flat = reshape(graph, nearest, [n, 1, -1]);
  return asImage(context, cast(graph, flat, "float32"), value);
};

const takeRows = (context: Context, indices: Term, codebook: Term): Value => {
  const { graph, of } = context;
  const [places, rows] = [of(indices), of(codebook)];
  const [n] = imageShape(places);
  // First rows [n, h w], then their channels are moved before the pixels.
  const list = reshape(graph, flatPixels(graph, cast(graph, places, "int64")), [n, -1]);
  return asImage(context, transpose(graph, gather(graph, rows, list), [0, 2, 1]), places);
};

export const codebook = { nearestIndices, takeRows };
