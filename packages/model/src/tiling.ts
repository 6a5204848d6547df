/** How a picture is cut into tiles: which part of the picture each pass reads, and which part of that it keeps. */
import type { Rectangle } from "./picture.ts";

export interface TilingOptions {
  /** The picture's size in pixels, at least 1 x 1. */
  readonly width: number;
  readonly height: number;
  /**
   * Side of the part that a tile in the middle keeps, in pixels, rounded up to the alignment. A tile at an edge keeps
   * more, because it needs no margin there.
   */
  readonly tile: number;
  /** The kept part depends on this many pixels around it, on each side. */
  readonly margin: number;
  /** The part that is read begins at multiples of this, and its size is a multiple of it. */
  readonly alignment: number;
}

export interface Tile {
  /** The part of the picture that this tile gives. The kept parts of all tiles cover the picture once. */
  readonly kept: Rectangle;
  /** The part that is read for it: inside the padded picture, aligned. */
  readonly read: Rectangle;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Width or height of the picture with its padding at the end. */
export const paddedSize = (size: number, alignment: number): number => roundUp(size, alignment);

/** What one tile keeps and reads along one side. */
interface Part {
  readonly kept: Span;
  readonly read: Span;
}

/**
 * All parts read the same number of pixels, so that an engine prepares itself once: the last one is moved inward. Each
 * part keeps what is at least the margin inside of what it reads; the first and the last keep all up to the edge.
 */
const partsOf = (size: number, { tile, margin, alignment }: TilingOptions): readonly Part[] => {
  const padded = paddedSize(size, alignment);
  const step = roundUp(tile, alignment);
  const length = Math.min(padded, roundUp(step + 2 * margin, alignment));
  const count = Math.ceil((padded - length) / step) + 1;
  const starts = Array.from({ length: count }, (_, i) => Math.min(i * step, padded - length));
  return starts.map((start, i) => {
    const next = starts[i + 1];
    return {
      kept: { start: i === 0 ? 0 : start + margin, end: next === undefined ? size : next + margin },
      read: { start, end: start + length },
    };
  });
};

const rectangle = (rows: Span, columns: Span): Rectangle => ({
  x: columns.start,
  y: rows.start,
  width: columns.end - columns.start,
  height: rows.end - rows.start,
});

/**
 * The tiles in reading order. The picture is padded at its right and bottom to a multiple of the alignment. What a tile
 * reads is cut only at the edges of the padded picture. So a network with that margin computes the same value at every
 * kept pixel as on the whole picture.
 */
export const planTiles = (options: TilingOptions): readonly Tile[] => {
  const columns = partsOf(options.width, options);
  return partsOf(options.height, options).flatMap((row) =>
    columns.map((column) => ({
      kept: rectangle(row.kept, column.kept),
      read: rectangle(row.read, column.read),
    })),
  );
};
