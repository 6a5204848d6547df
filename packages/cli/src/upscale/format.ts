/** The three picture formats that are read and written, by name and by first bytes. */
import { extname } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { type Failure, outputFailure } from "../failure.ts";

export type PictureFormat = "png" | "jpeg" | "webp";

export const SUPPORTED = "PNG, JPEG or WebP";

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

/** The format a file's first bytes announce, whatever it is called; null for anything else. */
export const sniffFormat = (bytes: Uint8Array): PictureFormat | null => {
  const starts = (offset: number, expected: readonly number[]): boolean =>
    expected.every((byte, i) => bytes[offset + i] === byte);
  if (starts(0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  if (starts(0, [0xff, 0xd8, 0xff])) return "jpeg";
  const riff = starts(0, [0x52, 0x49, 0x46, 0x46]) && starts(8, [0x57, 0x45, 0x42, 0x50]);
  return riff ? "webp" : null;
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
