/** How a picture is cut into tiles: which part of it each pass reads, and which part of that it keeps. */
import type { Rectangle } from "./picture.ts";

export interface TilingOptions {
  /** The picture's size in pixels, at least 1 x 1. */
  readonly width: number;
  readonly height: number;
  /** Side of the part that is kept, in pixels; smaller at the right and bottom edges. */
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

const roundDown = (value: number, multiple: number): number => Math.floor(value / multiple) * multiple;

/** Width or height of the picture with its padding at the end. */
export const paddedSize = (size: number, alignment: number): number => roundUp(size, alignment);

const spans = (size: number, tile: number): readonly Span[] =>
  Array.from({ length: Math.ceil(size / tile) }, (_, i) => ({
    start: i * tile,
    end: Math.min(size, (i + 1) * tile),
  }));

/** Grown by the margin, outward to the alignment, and cut at the padded picture's ends. */
const grown = ({ start, end }: Span, size: number, margin: number, alignment: number): Span => ({
  start: roundDown(Math.max(0, start - margin), alignment),
  end: Math.min(paddedSize(size, alignment), roundUp(end + margin, alignment)),
});

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
export const planTiles = ({ width, height, tile, margin, alignment }: TilingOptions): readonly Tile[] =>
  spans(height, tile).flatMap((rows) =>
    spans(width, tile).map((columns) => ({
      kept: rectangle(rows, columns),
      read: rectangle(grown(rows, height, margin, alignment), grown(columns, width, margin, alignment)),
    })),
  );
