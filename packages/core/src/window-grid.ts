/**
 * An image's windows as windows of one size, for engines that compute all windows alike. The image is rolled if the
 * grid is shifted, and padded if its size is no multiple of the window. A mask separates pixels that share such a
 * window but do not belong together. The reference interpreter does not use this; it follows the definition.
 */
import type { WindowEdges } from "./algebra.ts";

export interface WindowGrid {
  readonly height: number;
  readonly width: number;
  readonly window: number;
  readonly shift: number;
  readonly edges: WindowEdges;
}

export interface EqualWindows extends WindowGrid {
  /** The number of windows along each axis. */
  readonly rows: number;
  readonly columns: number;
  /**
   * What is added to the scores [rows columns, tokens, tokens], tokens = window^2: 0 between pixels of one true window,
   * `MASKED` elsewhere. null if it is 0 everywhere.
   */
  readonly mask: Float32Array | null;
}

/** The value in the authors' code (ResShift, models/swin_transformer.py). */
const MASKED = -100;

/**
 * For each place along a rolled axis, the part of its window that it belongs to: 0, or 1 if it was rolled in from the
 * other end, or -1 if it is padding.
 */
const partsAlong = (size: number, padded: number, shift: number): readonly number[] =>
  Array.from({ length: padded }, (_, place) => {
    const original = (place + shift) % padded;
    if (original >= size) return -1;
    return place + shift >= padded ? 1 : 0;
  });

const maskOf = (
  { height, width, window, shift, edges }: WindowGrid,
  rows: number,
  columns: number,
): Float32Array => {
  const vertical = partsAlong(height, rows * window, shift);
  const horizontal = partsAlong(width, columns * window, shift);
  const tokens = window * window;
  const mask = new Float32Array(rows * columns * tokens * tokens);
  const part = (row: number, column: number, token: number): number => {
    const y = vertical[row * window + Math.floor(token / window)] ?? -1;
    const x = horizontal[column * window + (token % window)] ?? -1;
    if (y < 0 || x < 0) return -1;
    if (edges === "separate" || shift === 0) return 2 * y + x;
    return row === rows - 1 && token % window >= window - shift ? 1 : 0;
  };
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const parts = Array.from({ length: tokens }, (_, token) => part(row, column, token));
      for (const query of parts) for (const key of parts) mask[at++] = key >= 0 && key === query ? 0 : MASKED;
    }
  return mask;
};

export const equalWindows = (grid: WindowGrid): EqualWindows => {
  const { height, width, window, shift } = grid;
  const [rows, columns] = [Math.ceil(height / window), Math.ceil(width / window)];
  const whole = rows * window === height && columns * window === width && shift === 0;
  return { ...grid, rows, columns, mask: whole ? null : maskOf(grid, rows, columns) };
};

/**
 * For every pair of a window's pixels, query by query, the row of `windowAttention`'s table `positions`: [tokens,
 * tokens].
 */
export const positionRows = (window: number): Int32Array => {
  const side = 2 * window - 1;
  const place = (pixel: number): readonly [number, number] => [Math.floor(pixel / window), pixel % window];
  const tokens = window * window;
  return Int32Array.from({ length: tokens * tokens }, (_, pair) => {
    const [qy, qx] = place(Math.floor(pair / tokens));
    const [ky, kx] = place(pair % tokens);
    return (qy - ky + window - 1) * side + qx - kx + window - 1;
  });
};
