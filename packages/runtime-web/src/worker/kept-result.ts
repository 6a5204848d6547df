/** The pixels of a picture, row by row, and the place for a result that grows tile by tile. */
import { COLOURS, type FinishedTile, type Picture, type Size } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type WorkerError, workerError } from "./worker-error.ts";

export interface Rows extends Size {
  /** Red, green and blue of each pixel of a row: [width, 3]. */
  row(y: number): Uint8Array;
  /** How opaque each is: [width]; null for an opaque picture. */
  alphaRow(y: number): Uint8Array | null;
}

export const rowsOf = ({ width, height, data, alpha }: Picture): Rows => ({
  width,
  height,
  row: (y) => data.subarray(COLOURS * width * y, COLOURS * width * (y + 1)),
  alphaRow: (y) => alpha?.subarray(width * y, width * (y + 1)) ?? null,
});

export interface KeptResult extends Rows {
  place(tile: Pick<FinishedTile, "place" | "data">): void;
}

/** Of one piece of memory. One for a whole large result would often be refused. */
const BAND = 2 ** 24;

/** Browsers give a tab no more than a few GiB. They may end a tab that asks for more instead of refusing. */
const MOST = 2 ** 32;

/** Grey where no tile is yet. */
const NOT_YET = 0x80;

const noRoom = ({ width, height }: Size): WorkerError =>
  workerError(
    "too-large",
    `a result of ${width} x ${height} pixels does not fit into this tab's memory; close other tabs, or cut the picture into parts`,
  );

/** Memory for a result of this size, in bands of rows. */
export const keptResult = (
  { width, height }: Size,
  alpha: Uint8Array | null,
): E.Either<WorkerError, KeptResult> => {
  const length = COLOURS * width;
  if (length * height > MOST) return E.left(noRoom({ width, height }));
  const rows = Math.max(1, Math.floor(BAND / length));
  try {
    const bands = Array.from({ length: Math.ceil(height / rows) }, (_, i) =>
      new Uint8Array(length * Math.min(rows, height - i * rows)).fill(NOT_YET),
    );
    const row = (y: number): Uint8Array => {
      const from = length * (y % rows);
      return (bands[Math.floor(y / rows)] as Uint8Array).subarray(from, from + length);
    };
    return E.right({
      width,
      height,
      row,
      alphaRow: (y) => alpha?.subarray(width * y, width * (y + 1)) ?? null,
      place: ({ place, data }) => {
        const line = COLOURS * place.width;
        for (let y = 0; y < place.height; y++)
          row(place.y + y).set(data.subarray(line * y, line * (y + 1)), COLOURS * place.x);
      },
    });
  } catch {
    return E.left(noRoom({ width, height }));
  }
};
