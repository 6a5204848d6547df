/** How a picture is cut into tiles: which part of it each pass reads, and which part of that it keeps. */
import type { Rectangle } from "./picture.ts";

export interface TilingOptions {
  /** The picture's size in pixels, at least 1 x 1. */
  readonly width: number;
  readonly height: number;
  /**
   * Side of the part that a tile in the middle keeps, in pixels, rounded up to the alignment. At the edges it is
   * more, since nothing lies beyond them that would have to be read.
   */
  readonly tile: number;
  /** Pixels that the kept part depends on beyond itself, on each side. */
  readonly margin: number;
  /** What is read begins at multiples of this and has multiples of it as its size. */
  readonly alignment: number;
}

export interface Tile {
  /** The part of the picture that this tile gives; together the kept parts are a partition of it. */
  readonly kept: Rectangle;
  /** What has to be read for it: inside the padded picture, aligned. */
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
 * Parts that all read as much, so that an engine prepares itself once: the last one is moved inward. Each keeps what
 * lies the margin inside of what it reads, and the first and the last all up to the edge.
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
 * The tiles in reading order. The picture is padded at its right and bottom to a multiple of the
 * alignment; since what is read is cut only at the padded picture's own edges, a network with that
 * margin computes at every kept pixel what it would compute on the whole.
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
