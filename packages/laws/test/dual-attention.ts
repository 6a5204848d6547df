/** Attention on dual numbers: its derivative pixel by pixel, from scores and shares of its own. */
import { referenceAlgebra as R, type ReferenceTensor, type WindowOptions } from "@tadsr/core";
import { insideWindow, regionOf } from "../src/windows.ts";
import type { Dual } from "./dual-engine.ts";

const at = ({ data }: ReferenceTensor, index: number): number => data[index] as number;

interface Scores {
  readonly query: Dual;
  readonly key: Dual;
  readonly positions: Dual | null;
}

/** The pixels of an image, row by row. */
const pixelsOf = (h: number, w: number) =>
  Array.from({ length: h * w }, (_, i) => ({ index: i, y: Math.floor(i / w), x: i % w }));

/**
 * out = sum_j p_j v_j with p = softmax(s) has the derivative sum_j p_j (s_j' - sum_k p_k s_k') v_j + p_j v_j'.
 * `value` is the result that the reference gives.
 */
const tangentOf = (
  { query, key, positions }: Scores,
  v: Dual,
  { heads, ...grid }: WindowOptions,
): ReferenceTensor => {
  const [n, h, w, c] = v.value.shape as [number, number, number, number];
  const width = c / heads;
  const tangent = R.scale(v.value, 0);
  const pixels = pixelsOf(h, w);
  const row = (from: (typeof pixels)[number], to: (typeof pixels)[number]): number => {
    const [[qy, qx], [ky, kx]] = [insideWindow(from.y, from.x, grid), insideWindow(to.y, to.x, grid)];
    return (qy - ky + grid.window - 1) * (2 * grid.window - 1) + qx - kx + grid.window - 1;
  };
  for (let sample = 0; sample < n; sample++)
    for (const from of pixels) {
      const region = regionOf(from.y, from.x, [h, w], grid);
      const seen = pixels.filter(({ y, x }) => regionOf(y, x, [h, w], grid) === region);
      for (let head = 0; head < heads; head++) {
        const place = (pixel: number): number => (sample * h * w + pixel) * c + head * width;
        const dot = (a: ReferenceTensor, b: ReferenceTensor, to: number): number => {
          let sum = 0;
          for (let i = 0; i < width; i++) sum += at(a, place(from.index) + i) * at(b, place(to) + i);
          return sum / Math.sqrt(width);
        };
        const scores = seen.map((to) => {
          const bias = row(from, to) * heads + head;
          return {
            value: dot(query.value, key.value, to.index) + (positions ? at(positions.value, bias) : 0),
            tangent:
              dot(query.tangent, key.value, to.index) +
              dot(query.value, key.tangent, to.index) +
              (positions ? at(positions.tangent, bias) : 0),
          };
        });
        const total = scores.reduce((sum, score) => sum + Math.exp(score.value), 0);
        const shares = scores.map((score) => Math.exp(score.value) / total);
        const common = scores.reduce((sum, score, j) => sum + (shares[j] as number) * score.tangent, 0);
        seen.forEach((to, j) => {
          const share = shares[j] as number;
          const change = share * ((scores[j]?.tangent as number) - common);
          for (let i = 0; i < width; i++) {
            const k = place(from.index) + i;
            tangent.data[k] =
              at(tangent, k) +
              change * at(v.value, place(to.index) + i) +
              share * at(v.tangent, place(to.index) + i);
          }
        });
      }
    }
  return tangent;
};

export const windowAttention = (
  query: Dual,
  key: Dual,
  value: Dual,
  positions: Dual,
  options: WindowOptions,
): Dual => ({
  value: R.windowAttention(query.value, key.value, value.value, positions.value, options),
  tangent: tangentOf({ query, key, positions }, value, options),
});

export const attention = (query: Dual, key: Dual, value: Dual, { heads }: { heads: number }): Dual => {
  const [, h = 1, w = 1] = value.value.shape;
  return {
    value: R.attention(query.value, key.value, value.value, { heads }),
    tangent: tangentOf({ query, key, positions: null }, value, { heads, window: Math.max(h, w), shift: 0 }),
  };
};
