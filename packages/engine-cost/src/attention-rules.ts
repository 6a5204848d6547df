/** What attention costs. Its scores are counted, since they are most of its work and of its memory. */
import { type AttentionOptions, elements, type WindowOptions } from "@tadsr/core";
import {
  type CostTensor,
  demand,
  demandSameShapes,
  demandShape,
  demandWhole,
  describe,
  type ImageSize,
  imageSize,
} from "./tensor.ts";

/** For each score: scaling, and for the softmax the largest, difference, exponential, sum and division. */
const EACH_SCORE = 6;

const operandsSize = (
  operation: string,
  operands: readonly [CostTensor, CostTensor, CostTensor],
  heads: number,
): ImageSize => {
  demandSameShapes(operation, operands);
  demandWhole(operation, "heads", heads, 1);
  const size = imageSize(operation, operands[0]);
  demand(
    size.c % heads === 0,
    operation,
    () => `${describe(operands[0])} for ${heads} heads`,
    () => "heads that divide the channels",
  );
  return size;
};

export const attentionRules = {
  /**
   * For each pair of pixels: a product of their channels, which gives a score, and a product of the score and the
   * values.
   */
  attention: (query: CostTensor, key: CostTensor, value: CostTensor, { heads }: AttentionOptions) => {
    const { n, h, w, c } = operandsSize("attention", [query, key, value], heads);
    const pairs = n * (h * w) ** 2;
    return { shape: query.shape, flops: pairs * (4 * c + EACH_SCORE * heads), scores: pairs * heads };
  },
  /**
   * As `attention`, for each pair of pixels of a window, plus the position added to each score. All windows count as
   * whole, since engines compute them so.
   */
  windowAttention: (
    query: CostTensor,
    key: CostTensor,
    value: CostTensor,
    positions: CostTensor,
    { heads, window, shift }: WindowOptions,
  ) => {
    const { n, h, w, c } = operandsSize("windowAttention", [query, key, value], heads);
    demandWhole("windowAttention", "window", window, 1);
    demandWhole("windowAttention", "shift", shift, 0);
    demandShape("windowAttention", positions, [(2 * window - 1) ** 2, heads]);
    const windows = n * Math.ceil(h / window) * Math.ceil(w / window);
    const pairs = windows * elements([window, window, window, window]);
    return { shape: query.shape, flops: pairs * (4 * c + (EACH_SCORE + 1) * heads), scores: pairs * heads };
  },
};
