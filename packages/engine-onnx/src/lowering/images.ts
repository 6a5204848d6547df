/** Lowers operations that move pixels and channels. */
import { concat, ints, reshape, slice, transpose } from "../onnx/operators.ts";
import type { Value } from "../onnx/value.ts";
import type { Term } from "../recording/term.ts";
import { type Context, imageShape } from "./context.ts";

const upsampleNearest = ({ graph, of }: Context, image: Term, factor: number): Value => {
  const value = of(image);
  if (factor === 1) return value;
  const [n, c, h, w] = imageShape(value);
  return graph.node({
    op: "Resize",
    inputs: [value, null, graph.initializer(Float32Array.of(1, 1, factor, factor), [4])],
    attributes: {
      mode: { text: "nearest" },
      coordinate_transformation_mode: { text: "asymmetric" },
      nearest_mode: { text: "floor" },
    },
    shape: [n, c, h * factor, w * factor],
  });
};

/**
 * In the channels of ONNX's SpaceToDepth the place within the block comes before the channel. In the algebra's order,
 * which is PyTorch's, it comes after.
 */
const spaceToDepth = ({ graph, of }: Context, image: Term, factor: number): Value => {
  const value = of(image);
  const [n, c, h, w] = imageShape(value);
  const deep = graph.node({
    op: "SpaceToDepth",
    inputs: [value],
    attributes: { blocksize: { int: factor } },
    shape: [n, c * factor * factor, h / factor, w / factor],
  });
  const order = BigInt64Array.from({ length: c * factor * factor }, (_, to) =>
    BigInt((to % (factor * factor)) * c + Math.floor(to / (factor * factor))),
  );
  return graph.node({
    op: "Gather",
    inputs: [deep, graph.initializer(order, [order.length])],
    attributes: { axis: { int: 1 } },
    shape: deep.shape,
  });
};

const depthToSpace = ({ graph, of }: Context, image: Term, factor: number): Value => {
  const value = of(image);
  const [n, c, h, w] = imageShape(value);
  return graph.node({
    op: "DepthToSpace",
    inputs: [value],
    attributes: { blocksize: { int: factor }, mode: { text: "CRD" } },
    shape: [n, c / (factor * factor), h * factor, w * factor],
  });
};

export const images = {
  upsampleNearest,
  spaceToDepth,
  depthToSpace,
  concatChannels: ({ graph, of }: Context, parts: readonly Term[]): Value => concat(graph, parts.map(of), 1),
  sliceChannels: ({ graph, of }: Context, a: Term, start: number, length: number): Value => {
    const value = of(a);
    return length === value.shape[1] ? value : slice(graph, value, 1, start, start + length);
  },
};

/** [n, h, w, c] to [n, c, h, w]. */
export const fromPixels = (graph: Context["graph"], image: Value): Value =>
  transpose(graph, image, [0, 3, 1, 2]);

/** [n, c, h, w] to [n, h, w, c]. */
export const toPixels = (graph: Context["graph"], image: Value): Value =>
  transpose(graph, image, [0, 2, 3, 1]);

/** [n, c, h, w] to [n, c, h w]. */
export const flatPixels = (graph: Context["graph"], image: Value): Value => reshape(graph, image, [0, 0, -1]);

/** [n, c, h w] back to the sizes of `like`, [n, any, h, w]. */
export const asImage = ({ graph, dialect }: Context, flat: Value, like: Value): Value => {
  const [n = 1, c = 1] = flat.shape;
  const [, , h, w] = imageShape(like);
  if (!dialect.openSizes) return reshape(graph, flat, [n, c, h, w]);
  const sides = graph.node({
    op: "Shape",
    inputs: [like],
    attributes: { start: { int: 2 } },
    shape: [2],
    dtype: "int64",
  });
  return graph.node({
    op: "Reshape",
    inputs: [flat, concat(graph, [ints(graph, n, c), sides], 0)],
    shape: [n, c, h, w],
    dtype: flat.dtype,
  });
};
