/**
 * Shifted windows as the paper of Swin Transformers makes them (arXiv 2103.14030, section 3.2). The image is padded to
 * whole windows, shifted cyclically towards the top left and cut into regular windows. A mask separates pixels that the
 * shift has brought together. The reference interpreter cuts regions out of the image instead and shifts nothing, so
 * each checks the other.
 */
import type { WindowOptions } from "@tadsr/core";

/** What a query attends to: a pixel (its place, row by row) and the row of the positions' table for query and pixel. */
export interface Pair {
  readonly key: number;
  readonly position: number;
}

/** For each pixel of an image, row by row, what it attends to. */
export type Pairs = readonly (readonly Pair[])[];

/** Every pixel of an image of `pixels` pixels attends to every other one. There is no table of positions. */
export const wholeImage = (pixels: number): Pairs =>
  Array.from({ length: pixels }, () => Array.from({ length: pixels }, (_, key) => ({ key, position: 0 })));

/** A place of the shifted image and the pixel at it; null if it is padding. */
interface Token {
  readonly pixel: number | null;
  /** Its place in its window. */
  readonly y: number;
  readonly x: number;
  /** Tokens of a window attend to each other if their regions have the same number. */
  readonly region: number;
}

/** Which of the slices [0, -window), [-window, -shift), [-shift, size) a place is in. The mask is made of these. */
const slice = (place: number, size: number, window: number, shift: number): number => {
  if (place < size - window) return 0;
  return place < size - shift ? 1 : 2;
};

/** The paper's mask, or the one that the authors' networks were trained with (ResShift, models/swin_transformer.py). */
const regionAt = (
  [i, j]: readonly [number, number],
  [height, width]: readonly [number, number],
  { window, shift, edges = "separate" }: WindowOptions,
): number => {
  if (edges === "separate") return 3 * slice(i, height, window, shift) + slice(j, width, window, shift);
  const isInLastRow = i >= height - window;
  return isInLastRow && shift > 0 && j % window >= window - shift ? 1 : 0;
};

/** What each pixel of an image of height x width attends to. */
export const shiftedWindows = ([height, width]: readonly [number, number], options: WindowOptions): Pairs => {
  const { window, shift } = options;
  const padded = [Math.ceil(height / window) * window, Math.ceil(width / window) * window] as const;
  const tokenAt = (i: number, j: number): Token => {
    const [row, column] = [(i + shift) % padded[0], (j + shift) % padded[1]];
    return {
      pixel: row < height && column < width ? row * width + column : null,
      y: i % window,
      x: j % window,
      region: regionAt([i, j], padded, options),
    };
  };
  const result: (readonly Pair[])[] = Array.from({ length: height * width }, () => []);
  const side = 2 * window - 1;
  for (let top = 0; top < padded[0]; top += window)
    for (let left = 0; left < padded[1]; left += window) {
      const tokens = Array.from({ length: window * window }, (_, token) =>
        tokenAt(top + Math.floor(token / window), left + (token % window)),
      );
      for (const query of tokens)
        if (query.pixel !== null)
          result[query.pixel] = tokens.flatMap(({ pixel, region, y, x }) =>
            pixel === null || region !== query.region
              ? []
              : [{ key: pixel, position: (query.y - y + window - 1) * side + query.x - x + window - 1 }],
          );
    }
  return result;
};
