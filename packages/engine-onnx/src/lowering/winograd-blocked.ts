/**
 * The same convolution as in `winograd.ts`, for small images. The image's transform is written as convolutions of each
 * channel along one axis, and the products as one convolution of 36 groups. So all of it stays in the blocked layout of
 * ONNX Runtime's convolutions, and nothing is reordered before the products are done.
 */
import type { Graph } from "../onnx/graph.ts";
import { concat } from "../onnx/operators.ts";
import type { Matrix } from "../onnx/toom-cook.ts";
import type { Value } from "../onnx/value.ts";

/** A row of the image's transform, without the zeros before, after and between its numbers. */
interface Taps {
  readonly offset: number;
  readonly dilation: number;
  readonly numbers: readonly number[];
}

const TINY = 1e-9;

const tapsOf = (row: readonly number[]): Taps => {
  const places = row.flatMap((number, place) => (Math.abs(number) > TINY ? [place] : []));
  const [offset = 0] = places;
  const last = places.at(-1) ?? 0;
  const dilation = places.every((place) => (place - offset) % 2 === 0) ? 2 : 1;
  const count = (last - offset) / dilation + 1;
  return {
    offset,
    dilation,
    numbers: Array.from({ length: count }, (_, tap) => row[offset + tap * dilation] as number),
  };
};

const kernels = new Map<string, Float32Array>();

/** The numbers for each of `channels` channels. Equal arguments give the same array, so a graph has it once. */
const kernelOf = (numbers: readonly number[], channels: number): Float32Array => {
  const key = `${channels}: ${numbers.join()}`;
  const kernel =
    kernels.get(key) ??
    Float32Array.from({ length: channels * numbers.length }, (_, i) => numbers[i % numbers.length] as number);
  kernels.set(key, kernel);
  return kernel;
};

/**
 * Transforms each channel along one axis. Element t of the result starts at padded place 4 t, so there are a quarter as
 * many.
 */
const along = (graph: Graph, image: Value, row: readonly number[], isDown: boolean): Value => {
  const [n = 1, c = 1, h = 1, w = 1] = image.shape;
  const { offset, dilation, numbers } = tapsOf(row);
  const side = isDown ? h : w;
  const length = dilation * (numbers.length - 1) + 1;
  const before = 1 - offset;
  const after = Math.max(0, side - 4 + length - side - before);
  const two = (down: number, across: number): readonly number[] => (isDown ? [down, across] : [across, down]);
  const [kh, kw] = two(numbers.length, 1);
  return graph.node({
    op: "Conv",
    inputs: [image, graph.initializer(kernelOf(numbers, c), [c, 1, kh as number, kw as number])],
    attributes: {
      group: { int: c },
      kernel_shape: { ints: two(numbers.length, 1) },
      strides: { ints: two(4, 1) },
      dilations: { ints: two(dilation, 1) },
      pads: { ints: [...two(before, 0), ...two(after, 0)] },
    },
    shape: isDown ? [n, c, h / 4, w] : [n, c, h, w / 4],
  });
};

/**
 * Takes image [1, c, h, w] and the transformed kernel [36 o, c, 1, 1] to the products [1, 36 o, h / 4, w / 4]. `input`
 * is the transform's matrix [6, 6].
 */
export const blockedProducts = (graph: Graph, image: Value, kernel: Value, input: Matrix): Value => {
  const down = input.map((row) => along(graph, image, row, true));
  const places = down.flatMap((part) => input.map((row) => along(graph, part, row, false)));
  const [n = 1, , rows = 1, columns = 1] = (places[0] as Value).shape;
  return graph.node({
    op: "Conv",
    inputs: [concat(graph, places, 1), kernel],
    attributes: { group: { int: places.length }, kernel_shape: { ints: [1, 1] } },
    shape: [n, kernel.shape[0] as number, rows, columns],
  });
};
