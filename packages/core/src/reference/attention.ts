/** Attention in float64, computed by its definition: window by window, query by query. */
import type { AttentionOptions, WindowOptions } from "../algebra.ts";
import { isSameShape, shapeText } from "../shape.ts";
import {
  demand,
  demandInteger,
  type ImageShape,
  imageShape,
  matrixShape,
  type ReferenceTensor,
  zeros,
} from "./tensor.ts";

/** A pixel of the image, and its position among the pixels that it attends to. */
export interface Pixel {
  readonly row: number;
  readonly column: number;
  readonly y: number;
  readonly x: number;
}

/** Pixels that attend to each other. */
export type Region = readonly Pixel[];

type Span = readonly [from: number, to: number];

const rectangle = ([top, bottom]: Span, [left, right]: Span): Region =>
  Array.from({ length: bottom - top }, (_, y) =>
    Array.from({ length: right - left }, (_, x) => ({ row: top + y, column: left + x, y, x })),
  ).flat();

/** The parts of 0..size-1 between the lines of a grid at shift + k window. */
const cuts = (size: number, window: number, shift: number): readonly Span[] => {
  const result: Span[] = [];
  for (let start = shift - window; start < size; start += window) {
    const [from, to] = [Math.max(0, start), Math.min(size, start + window)];
    if (from < to) result.push([from, to]);
  }
  return result;
};

/** What is added to a score, for each head. */
export type Bias = (head: number, query: Pixel, key: Pixel) => number;

export interface Operands {
  readonly query: ReferenceTensor;
  readonly key: ReferenceTensor;
  readonly value: ReferenceTensor;
}

const checkOperands = (operation: string, { query, key, value }: Operands, heads: number): ImageShape => {
  demand(
    isSameShape(query.shape, key.shape) && isSameShape(query.shape, value.shape),
    operation,
    () => [query, key, value].map(({ shape }) => shapeText(shape)).join(" and "),
    () => "three equal shapes",
  );
  const size = imageShape(operation, query);
  demandInteger(operation, "heads", heads, 1);
  demand(
    size.c % heads === 0,
    operation,
    () => `${size.c} channels for ${heads} heads`,
    () => "a multiple of the heads",
  );
  return size;
};

/** The place of the first channel of a head at a pixel. */
type Place = (pixel: Pixel) => number;

export const placeOf =
  ({ h, w, c }: ImageShape, sample: number, head: number, width: number): Place =>
  ({ row, column }) =>
    ((sample * h + row) * w + column) * c + head * width;

/** The weights that a query gives to the values of its region; they sum to 1. */
export const sharesOf = (
  { query, key }: Operands,
  place: Place,
  region: Region,
  head: number,
  from: Pixel,
  width: number,
  bias: Bias,
): readonly number[] => {
  const q = place(from);
  const scores = region.map((to) => {
    const k = place(to);
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (query.data[q + i] as number) * (key.data[k + i] as number);
    return sum / Math.sqrt(width) + bias(head, from, to);
  });
  const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = scores.map((score) => Math.exp(score - largest));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
};

/** Softmax attention within one region of one sample, written into `result`. */
const attendWithin = (
  operands: Operands,
  result: ReferenceTensor,
  size: ImageShape,
  sample: number,
  region: Region,
  heads: number,
  bias: Bias,
): void => {
  const width = size.c / heads;
  const { data } = operands.value;
  for (let head = 0; head < heads; head++) {
    const place = placeOf(size, sample, head, width);
    for (const from of region) {
      const q = place(from);
      const shares = sharesOf(operands, place, region, head, from, width, bias);
      region.forEach((to, j) => {
        const v = place(to);
        const share = shares[j] as number;
        for (let i = 0; i < width; i++)
          result.data[q + i] = (result.data[q + i] as number) + share * (data[v + i] as number);
      });
    }
  }
};

const attendInRegions = (
  operands: Operands,
  size: ImageShape,
  regions: readonly Region[],
  heads: number,
  bias: Bias,
): ReferenceTensor => {
  const result = zeros(operands.query.shape);
  for (let sample = 0; sample < size.n; sample++)
    for (const region of regions) attendWithin(operands, result, size, sample, region, heads, bias);
  return result;
};

/** All pixels of an image. */
export const wholeImage = ({ h, w }: ImageShape): Region => rectangle([0, h], [0, w]);

/** As `Neural.attention`. */
export const attention = (
  query: ReferenceTensor,
  key: ReferenceTensor,
  value: ReferenceTensor,
  { heads }: AttentionOptions,
): ReferenceTensor => {
  const operands = { query, key, value };
  const size = checkOperands("attention", operands, heads);
  return attendInRegions(operands, size, [wholeImage(size)], heads, () => 0);
};

/** Every part of a cut window is a region. */
const separateRegions = ({ h, w }: ImageShape, window: number, shift: number): readonly Region[] =>
  cuts(h, window, shift).flatMap((rows) => cuts(w, window, shift).map((columns) => rectangle(rows, columns)));

/** Opposite edges of the image are joined. The windows of the last row split into two by columns. */
const wrappedRegions = ({ h, w }: ImageShape, window: number, shift: number): readonly Region[] => {
  const [rows, columns] = [Math.ceil(h / window), Math.ceil(w / window)];
  return Array.from({ length: rows * columns }, (_, place) => {
    const [top, left] = [Math.floor(place / columns) * window, (place % columns) * window];
    const pixels = rectangle([0, window], [0, window])
      .map(({ y, x }) => ({
        row: (top + y + shift) % (rows * window),
        column: (left + x + shift) % (columns * window),
        y,
        x,
      }))
      .filter(({ row, column }) => row < h && column < w);
    const isCut = top === (rows - 1) * window;
    return isCut
      ? [pixels.filter(({ x }) => x < window - shift), pixels.filter(({ x }) => x >= window - shift)]
      : [pixels];
  }).flat();
};

/** The sets of pixels that attend to each other. */
export const windowRegions = (
  size: ImageShape,
  { window, shift, edges = "separate" }: WindowOptions,
): readonly Region[] =>
  (edges === "wrapped" && shift > 0 ? wrappedRegions : separateRegions)(size, window, shift);

/** The row of `positions` that a query and a key read. */
export const positionRow = (window: number, query: Pixel, key: Pixel): number =>
  (query.y - key.y + window - 1) * (2 * window - 1) + query.x - key.x + window - 1;

/** As `Neural.windowAttention`. */
export const windowAttention = (
  query: ReferenceTensor,
  key: ReferenceTensor,
  value: ReferenceTensor,
  positions: ReferenceTensor,
  options: WindowOptions,
): ReferenceTensor => {
  const { heads, window, shift } = options;
  const operands = { query, key, value };
  const size = checkOperands("windowAttention", operands, heads);
  demandInteger("windowAttention", "window", window, 1);
  demandInteger("windowAttention", "shift", shift, 0);
  demand(
    shift < window,
    "windowAttention",
    () => `shift ${shift} of windows of ${window}`,
    () => "a shift below the window",
  );
  const side = 2 * window - 1;
  demand(
    isSameShape(matrixShape("windowAttention", positions), [side * side, heads]),
    "windowAttention",
    () => `positions ${shapeText(positions.shape)}`,
    () => `positions [${side * side}, ${heads}]`,
  );
  const bias: Bias = (head, q, k) => positions.data[positionRow(window, q, k) * heads + head] as number;
  return attendInRegions(operands, size, windowRegions(size, options), heads, bias);
};
