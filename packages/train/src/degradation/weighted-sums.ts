/** Weighted sums over neighbours: the loop that takes nearly all the time of a correlation. */

export interface WeightedSums {
  /** Rows of `stride` numbers, three for each pixel. */
  readonly source: Float32Array;
  readonly stride: number;
  /** By rows [rows, taps], one tap for each pixel. */
  readonly weights: Float32Array;
  readonly rows: number;
  readonly taps: number;
  /**
   * Of the result; `width` is in numbers: width + 3 (taps - 1) <= stride, and the source has height + rows - 1 rows.
   */
  readonly width: number;
  readonly height: number;
}

/**
 * Number i of row y of the result is the sum of weights[r, k] source[y + r, i + 3 k], in float32: each product is
 * rounded and added to the sum so far, in the order of the weights.
 */
export const plainSums = ({
  source,
  stride,
  weights,
  rows,
  taps,
  width,
  height,
}: WeightedSums): Float32Array => {
  const { fround } = Math;
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const sums = result.subarray(width * y, width * (y + 1));
    for (let n = 0; n < rows * taps; n++) {
      const weight = weights[n] as number;
      const from = stride * (y + Math.floor(n / taps)) + 3 * (n % taps);
      for (let i = 0; i < width; i++)
        sums[i] = fround((sums[i] as number) + fround(weight * (source[from + i] as number)));
    }
  }
  return result;
};
