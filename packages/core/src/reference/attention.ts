/** Attention in float64, by its definition: window after window, query after query. */
import type { AttentionOptions, WindowOptions } from "../algebra.ts";
import {
  demand,
  demandInteger,
  type ImageShape,
  imageShape,
  matrixShape,
  type ReferenceTensor,
  sameShape,
  show,
  zeros,
} from "./tensor.ts";

/** Pixels that attend to each other, as rows and columns of the image. */
interface Region {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

interface Pixel {
  readonly row: number;
  readonly column: number;
}

const pixelsOf = ({ top, bottom, left, right }: Region): readonly Pixel[] =>
  Array.from({ length: bottom - top }, (_, y) =>
    Array.from({ length: right - left }, (_, x) => ({ row: top + y, column: left + x })),
  ).flat();

/** The parts of 0..size-1 between the lines of a grid at shift + k window. */
const cuts = (size: number, window: number, shift: number): readonly (readonly [number, number])[] => {
  const result: [number, number][] = [];
  for (let start = shift - window; start < size; start += window) {
    const [from, to] = [Math.max(0, start), Math.min(size, start + window)];
    if (from < to) result.push([from, to]);
  }
  return result;
};

/** What is added to a score, by head. */
type Bias = (head: number, query: Pixel, key: Pixel) => number;

interface Operands {
  readonly query: ReferenceTensor;
  readonly key: ReferenceTensor;
  readonly value: ReferenceTensor;
}

const checkOperands = (operation: string, { query, key, value }: Operands, heads: number): ImageShape => {
  demand(
    sameShape(query.shape, key.shape) && sameShape(query.shape, value.shape),
    operation,
    () => [query, key, value].map(({ shape }) => show(shape)).join(" and "),
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

/** Softmax attention within one region of one sample, written into `result`. */
const attendWithin = (
  { query, key, value }: Operands,
  result: ReferenceTensor,
  { h, w, c }: ImageShape,
  sample: number,
  region: Region,
  heads: number,
  bias: Bias,
): void => {
  const pixels = pixelsOf(region);
  const width = c / heads;
  const place = ({ row, column }: Pixel, head: number): number =>
    ((sample * h + row) * w + column) * c + head * width;
  for (let head = 0; head < heads; head++)
    for (const from of pixels) {
      const q = place(from, head);
      const scores = pixels.map((to) => {
        const k = place(to, head);
        let sum = 0;
        for (let i = 0; i < width; i++) sum += (query.data[q + i] as number) * (key.data[k + i] as number);
        return sum / Math.sqrt(width) + bias(head, from, to);
      });
      const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const weights = scores.map((score) => Math.exp(score - largest));
      const total = weights.reduce((a, b) => a + b, 0);
      pixels.forEach((to, j) => {
        const v = place(to, head);
        const share = (weights[j] as number) / total;
        for (let i = 0; i < width; i++)
          result.data[q + i] = (result.data[q + i] as number) + share * (value.data[v + i] as number);
      });
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

/** As `Neural.attention`. */
export const attention = (
  query: ReferenceTensor,
  key: ReferenceTensor,
  value: ReferenceTensor,
  { heads }: AttentionOptions,
): ReferenceTensor => {
  const operands = { query, key, value };
  const size = checkOperands("attention", operands, heads);
  const whole = { top: 0, bottom: size.h, left: 0, right: size.w };
  return attendInRegions(operands, size, [whole], heads, () => 0);
};

/** As `Neural.windowAttention`. */
export const windowAttention = (
  query: ReferenceTensor,
  key: ReferenceTensor,
  value: ReferenceTensor,
  positions: ReferenceTensor,
  { heads, window, shift }: WindowOptions,
): ReferenceTensor => {
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
    sameShape(matrixShape("windowAttention", positions), [side * side, heads]),
    "windowAttention",
    () => `positions ${show(positions.shape)}`,
    () => `positions [${side * side}, ${heads}]`,
  );
  const bias: Bias = (head, q, k) => {
    const row = (q.row - k.row + window - 1) * side + q.column - k.column + window - 1;
    return positions.data[row * heads + head] as number;
  };
  const regions = cuts(size.h, window, shift).flatMap(([top, bottom]) =>
    cuts(size.w, window, shift).map(([left, right]) => ({ top, bottom, left, right })),
  );
  return attendInRegions(operands, size, regions, heads, bias);
};
