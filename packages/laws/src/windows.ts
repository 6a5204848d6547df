/** Which pixels attend to each other in `windowAttention`, as a label for each pixel. */
import type { WindowOptions } from "@tadsr/core";

type Grid = Pick<WindowOptions, "window" | "shift" | "edges">;

/** Where a pixel stands on the grid of windows along one axis. */
interface Place {
  /** The number of its window; the first, cut by the image's edge, is -1 where there is a shift. */
  readonly window: number;
  /** How far into its window it is, in pixels. */
  readonly inside: number;
}

const placeAlong = (at: number, { window, shift }: Grid): Place => {
  const number = Math.floor((at - shift) / window);
  return { window: number, inside: at - shift - number * window };
};

/** Where pixel (y, x) stands within its window. */
export const insideWindow = (y: number, x: number, grid: Grid): readonly [y: number, x: number] => [
  placeAlong(y, grid).inside,
  placeAlong(x, grid).inside,
];

/**
 * A name for what pixel (y, x) of an image of h x w attends to: pixels attend to each other where it is the
 * same. Wrapped, the first window along an axis is the end of the last one, and the last row falls into two.
 */
export const regionOf = (y: number, x: number, [h, w]: readonly [number, number], grid: Grid): string => {
  const [vertical, horizontal] = [placeAlong(y, grid), placeAlong(x, grid)];
  if (grid.shift === 0 || grid.edges !== "wrapped") return `${vertical.window} ${horizontal.window}`;
  const [rows, columns] = [Math.ceil(h / grid.window), Math.ceil(w / grid.window)];
  const [row, column] = [(vertical.window + rows) % rows, (horizontal.window + columns) % columns];
  const part = row === rows - 1 && horizontal.inside >= grid.window - grid.shift ? 1 : 0;
  return `${row} ${column} ${part}`;
};
