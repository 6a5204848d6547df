/**
 * An image's windows as equal ones: rolled where the grid is shifted, padded where the size is no multiple, and a
 * mask that parts what is really apart. For engines that compute all windows alike; the reference goes by the
 * definition instead.
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
  /** Windows along each axis. */
  readonly rows: number;
  readonly columns: number;
  /**
   * What is added to the scores [rows columns, tokens, tokens], tokens = window^2: 0 within what is really
   * one window, `MASKED` elsewhere; null where that is 0 everywhere.
   */
  readonly mask: Float32Array | null;
}

/** The authors' value (ResShift, models/swin_transformer.py). */
const MASKED = -100;

/**
 * For each place along a rolled axis, which part of its window it belongs to: 0, or 1 where it was rolled in
 * from the other end, or -1 where it is padding.
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
 * The row of the positions' table of `windowAttention` for every pair of a window's pixels, query by query:
 * [tokens, tokens].
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
