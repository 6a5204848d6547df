/** The three picture formats that are read and written, by name. */
import { extname } from "node:path";
import type { PictureFormat } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, outputFailure } from "../failure.ts";

const BY_EXTENSION: Readonly<Record<string, PictureFormat>> = {
  ".png": "png",
  ".jpg": "jpeg",
  ".jpeg": "jpeg",
  ".webp": "webp",
};

/** What a picture's name ends in, as a pattern for files in a folder. */
export const hasPictureExtension = (path: string): boolean =>
  BY_EXTENSION[extname(path).toLowerCase()] !== undefined;

/** The longest side each format can hold, in pixels. */
const LONGEST_SIDE: Readonly<Record<PictureFormat, number>> = {
  png: 2 ** 31 - 1,
  jpeg: 65_535,
  webp: 16_383,
};

/** The format an output's name asks for. */
export const formatOf = (path: string): E.Either<Failure, PictureFormat> => {
  const extension = extname(path);
  const format = BY_EXTENSION[extension.toLowerCase()];
  if (format !== undefined) return E.right(format);
  const found = extension === "" ? "has no extension" : `ends in ${extension}`;
  return E.left({
    _tag: "Usage",
    message: `output ${path} ${found}; name it .png, .jpg, .jpeg or .webp`,
  });
};

/** Refuses a size that the format cannot hold, before any work is done for it. */
export const checkSide = (
  format: PictureFormat,
  width: number,
  height: number,
): E.Either<Failure, PictureFormat> =>
  Math.max(width, height) <= LONGEST_SIDE[format]
    ? E.right(format)
    : E.left(
        outputFailure(
          `the output would be ${width} x ${height}, and ${format.toUpperCase()} holds at most ` +
            `${LONGEST_SIDE[format]} pixels a side; write a .png`,
        ),
      );
