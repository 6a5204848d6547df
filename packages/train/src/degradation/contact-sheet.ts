/** A contact sheet of degradations: a row for each original, a column for each draw, each pixel shown larger. */
import { join } from "node:path";
import { drawSheet, type Label, readPhotograph } from "@tadsr/files";
import type { Picture } from "@tadsr/model";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import { crop, cropBytes, type FloatPicture, toBytes } from "../float-picture.ts";
import { type DataError, noneUsable, pictureNames, type SkippedPicture } from "../picture-files.ts";
import { byNearest } from "../validating/sheet.ts";
import { keyOfName } from "../validation.ts";
import { degradationWords } from "./caption.ts";
import { type Degradation, scaleOf } from "./description.ts";
import { degradePicture } from "./picture.ts";

export interface ContactSheetOptions {
  readonly degradation: Degradation;
  readonly seed: number;
  /** The number of draws of each original. */
  readonly draws: number;
}

/** The number of originals. */
const ROWS = 6;

/** Sides, in pixels of the original, of the degraded middle of an original, and of the part of it that is shown. */
const [WINDOW, CELL] = [512, 256];

const [GAP, HEADING, CAPTION, LINE] = [8, 26, 60, 13];

interface Cell {
  readonly picture: Picture;
  readonly caption: readonly string[];
}

interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** The middle, at most `side` pixels wide and high. */
const middle = (picture: FloatPicture, side: number): FloatPicture => {
  const [width, height] = [Math.min(side, picture.width), Math.min(side, picture.height)];
  return crop(picture, {
    x: Math.floor((picture.width - width) / 2),
    y: Math.floor((picture.height - height) / 2),
    width,
    height,
  });
};

const rowOf = async (
  folder: string,
  name: string,
  { degradation, seed, draws }: ContactSheetOptions,
): Promise<E.Either<SkippedPicture, Row>> => {
  const scale = scaleOf(degradation);
  try {
    const read = await readPhotograph(join(folder, name))();
    if (E.isLeft(read)) return E.left({ name, reason: read.left.reason });
    const { width, height, ...rest } = read.right;
    if (Math.min(width, height) < scale)
      return E.left({ name, reason: `${width} x ${height} pixels, at least ${scale} x ${scale} are needed` });
    const size = { width: Math.min(WINDOW, width), height: Math.min(WINDOW, height) };
    const window = cropBytes(
      { width, height, ...rest },
      { x: Math.floor((width - size.width) / 2), y: Math.floor((height - size.height) / 2), ...size },
    );
    const shown = (lr: FloatPicture): Picture => toBytes(byNearest(middle(lr, CELL / scale), scale));
    const key = keyOfName(name);
    const plain = await degradePicture(window, { seed, key }, { kind: "bicubic", scale });
    const cells: Cell[] = [
      { picture: toBytes(middle(plain.hr, CELL)), caption: [name, `${width} x ${height}`] },
      { picture: shown(plain.lr), caption: ["bicubic"] },
    ];
    for (let variant = 0; variant < draws; variant++) {
      const { lr, drawn } = await degradePicture(window, { seed, key, variant }, degradation);
      cells.push({ picture: shown(lr), caption: degradationWords(drawn) });
    }
    return E.right({ name, cells });
  } catch (thrown) {
    return E.left({ name, reason: fileReason(thrown) });
  }
};

const headingsOf = (draws: number): readonly string[] => [
  "original",
  "bicubic",
  ...Array.from({ length: draws }, (_, i) => `draw ${i + 1}`),
];

const drawn = (rows: readonly Row[], title: string, headings: readonly string[]): Promise<Picture> => {
  const [across, down] = [CELL + GAP, CELL + CAPTION];
  const left = (column: number): number => GAP + across * column;
  const top = (row: number): number => 2 * HEADING + down * row;
  const captions = rows.flatMap(({ cells }, row) =>
    cells.flatMap(({ caption }, column) =>
      caption.map(
        (text, i): Label => ({ text, x: left(column), y: top(row) + CELL + (i + 1) * LINE, size: 9 }),
      ),
    ),
  );
  return drawSheet({
    width: GAP + across * headings.length,
    height: 2 * HEADING + down * rows.length,
    background: "#f4f4f4",
    pictures: rows.flatMap(({ cells }, row) =>
      cells.map(({ picture }, column) => ({ picture, left: left(column), top: top(row) })),
    ),
    labels: [
      { text: title, x: GAP, y: 18, size: 15 },
      ...headings.map((text, column): Label => ({ text, x: left(column), y: HEADING + 18, size: 13 })),
      ...captions,
    ],
  });
};

/** At most `count` of the names, spread evenly. */
const spread = (names: readonly string[], count: number): readonly string[] =>
  names.length <= count
    ? names
    : Array.from({ length: count }, (_, i) => names[Math.floor((i * names.length) / count)] as string);

export interface ContactSheet {
  readonly picture: Picture;
  /** The number of originals on it. */
  readonly rows: number;
  readonly skipped: readonly SkippedPicture[];
}

/**
 * Degrades the middles of a few of the folder's pictures several times each and draws all on one sheet, with the drawn
 * parameters below. It is an error if none can be read.
 */
export const contactSheet =
  (folder: string, title: string, options: ContactSheetOptions): TaskEither<DataError, ContactSheet> =>
  async () => {
    const names = await pictureNames(folder)();
    if (E.isLeft(names)) return names;
    const rows: Row[] = [];
    const skipped: SkippedPicture[] = [];
    for (const name of spread(names.right, ROWS)) {
      const row = await rowOf(folder, name, options);
      if (E.isRight(row)) rows.push(row.right);
      else skipped.push(row.left);
    }
    return rows.length > 0
      ? E.right({ picture: await drawn(rows, title, headingsOf(options.draws)), rows: rows.length, skipped })
      : E.left(noneUsable(folder, rows.length + skipped.length, skipped[0]));
  };
