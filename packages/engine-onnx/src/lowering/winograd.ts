/**
 * A 3x3 convolution of stride 1 with a quarter of the products. Each 4x4 of the result is computed from 6x6 of the
 * image; image, kernel and result are transformed (`toomCook`). In ONNX's operators: the image's transform is a
 * convolution of each channel by itself, the products are one product of matrices for each of the 36 places, and the
 * result's transform is a product of matrices from the left, whose rows `DepthToSpace` puts in place.
 */
import type { Graph } from "../onnx/graph.ts";
import { binary, conv, matMul, reshape, transpose } from "../onnx/operators.ts";
import { transposed } from "../onnx/rules.ts";
import { fourOfThree, kronecker, type Matrix } from "../onnx/toom-cook.ts";
import { numbersOf, type Value } from "../onnx/value.ts";
import { type Context, imageShape } from "./context.ts";
import { blockedProducts } from "./winograd-blocked.ts";

const TILE = 4;
const TAPS = 3;
const SIDE = TILE + TAPS - 1;
const PLACES = SIDE * SIDE;

const flat = (matrix: Matrix): Float32Array => Float32Array.from(matrix.flat());

const INPUT = flat(kronecker(fourOfThree.input, fourOfThree.input));
/** [9, 36]: by columns, so that the kernel needs no transpose. */
const FILTER = transposed(
  flat(kronecker(fourOfThree.filter, fourOfThree.filter)),
  [PLACES, TAPS * TAPS],
  [1, 0],
);
const OUTPUT = flat(kronecker(fourOfThree.output, fourOfThree.output));

/**
 * A kernel [o, i, 3, 3] as [36, o, i]. It is written as operators on the kernel, which ONNX Runtime computes once when
 * it reads the file. So the file stays small, and the transform is as fast as a product of matrices.
 */
const transformKernel = ({ graph }: Pick<Context, "graph">, kernel: Value): Value => {
  const [o = 1, i = 1] = kernel.shape;
  const pairs = reshape(graph, kernel, [o * i, TAPS * TAPS]);
  const each = matMul(graph, pairs, graph.initializer(FILTER, [TAPS * TAPS, PLACES]));
  return reshape(graph, transpose(graph, each, [1, 0]), [PLACES, o, i]);
};

/** Whether the convolution can be written so: a known 3x3 kernel, padding by 1, and sides that tiles divide evenly. */
const canTransform = (image: Value, weight: Value, pads: readonly number[], stride: number): boolean => {
  const [, , h, w] = imageShape(image);
  const [, , kh, kw] = weight.shape;
  return (
    kh === TAPS &&
    kw === TAPS &&
    stride === 1 &&
    pads.every((pad) => pad === 1) &&
    h % TILE === 0 &&
    w % TILE === 0 &&
    numbersOf(weight) instanceof Float32Array
  );
};

/** Up to this many tiles the blocked layout is faster; it keeps 16 channels together. */
const FEW_TILES = 64;
const BLOCK = 16;

/** The products of the transformed image and the kernel [36, o, c], for any number of samples: [36, o n tiles]. */
const products = (graph: Graph, image: Value, kernel: Value): Value => {
  const [n, c, h, w] = imageShape(image);
  const o = kernel.shape[1] as number;
  const count = (h * w) / (TILE * TILE);
  if (n === 1 && count <= FEW_TILES && c % BLOCK === 0 && o % BLOCK === 0) {
    const blocked = reshape(graph, kernel, [PLACES * o, c, 1, 1]);
    return reshape(graph, blockedProducts(graph, image, blocked, fourOfThree.input), [PLACES, -1]);
  }
  const each = reshape(graph, image, [n * c, 1, h, w]);
  const tiles = conv(graph, each, graph.initializer(INPUT, [PLACES, 1, SIDE, SIDE]), null, {
    stride: TILE,
    pads: [1, 1, 1, 1],
  });
  // [36, c, n tiles]: the operand of the product of matrices for each place. With one sample, ONNX Runtime reads the
  // tiles in this order without a copy.
  const places =
    n === 1
      ? transpose(graph, reshape(graph, tiles, [c, PLACES, count]), [1, 0, 2])
      : reshape(graph, transpose(graph, reshape(graph, tiles, [n, c, PLACES, count]), [2, 1, 0, 3]), [
          PLACES,
          c,
          n * count,
        ]);
  return reshape(graph, matMul(graph, kernel, places), [PLACES, -1]);
};

/** image [n, c, h, w], a known weight [o, c, 3, 3], bias [o] or null -> [n, o, h, w]. */
export const winogradConvolution = (
  context: Pick<Context, "graph">,
  image: Value,
  weight: Value,
  bias: Value | null,
): Value => {
  const { graph } = context;
  const [n, , h, w] = imageShape(image);
  const o = weight.shape[0] as number;
  const [rows, columns] = [h / TILE, w / TILE];
  const transformed = products(graph, image, transformKernel(context, weight));
  const results = matMul(graph, graph.initializer(OUTPUT, [TILE * TILE, PLACES]), transformed);
  const deep =
    n === 1
      ? reshape(graph, results, [1, TILE * TILE * o, rows, columns])
      : reshape(
          graph,
          transpose(graph, reshape(graph, results, [TILE * TILE, o, n, rows * columns]), [2, 0, 1, 3]),
          [n, TILE * TILE * o, rows, columns],
        );
  const whole = graph.node({
    op: "DepthToSpace",
    inputs: [deep],
    attributes: { blocksize: { int: TILE }, mode: { text: "DCR" } },
    shape: [n, o, h, w],
  });
  return bias === null ? whole : binary(graph, "Add", whole, reshape(graph, bias, [1, o, 1, 1]));
};

/** It is used if its time is below this share of the built-in convolution's time. */
const WORTH = 0.8;

/**
 * Its time as a share of the built-in convolution's, fitted to measurements of seventeen shapes with AVX-512 to within
 * a tenth: a third for the products, plus the transforms. There is one transform for each channel of image and result,
 * and one for each of the 36 matrices.
 */
const expectedShare = (image: Value, weight: Value): number => {
  const [n, c, h, w] = imageShape(image);
  const o = weight.shape[0] as number;
  const tiles = (n * h * w) / (TILE * TILE);
  return 0.33 + 34 / c + 34 / o + 3 / tiles;
};

/** Whether this dialect writes the convolution so. */
export const isTransformed = (
  { dialect }: Pick<Context, "dialect">,
  image: Value,
  weight: Value,
  pads: readonly number[],
  stride: number,
): boolean =>
  dialect.winograd !== "never" &&
  !dialect.openSizes &&
  canTransform(image, weight, pads, stride) &&
  (dialect.winograd === "always" || expectedShare(image, weight) < WORTH);
