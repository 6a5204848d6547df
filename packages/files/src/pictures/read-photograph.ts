/** Photographs as data, to train on and to measure: files of many formats, without alpha. */
import type { Picture, Size } from "@tadsr/model";
import { fileReason } from "@tadsr/model/file-reason";
import * as TE from "fp-ts/lib/TaskEither.js";
import { pixelsOf } from "./pixels.ts";

/** The file cannot be read, or is no whole picture. */
export interface UnreadablePhotograph {
  readonly _tag: "UnreadablePhotograph";
  readonly file: string;
  /** In words; what libvips says of a damaged file. */
  readonly reason: string;
  readonly message: string;
}

const unreadable =
  (file: string) =>
  (thrown: unknown): UnreadablePhotograph => {
    const reason = fileReason(thrown);
    return { _tag: "UnreadablePhotograph", file, reason, message: `${file}: it cannot be read: ${reason}` };
  };

/**
 * Decodes a file to upright 8-bit sRGB, with transparency on white, and resizes it to a size, if one is given. It reads
 * JPEG, PNG, WebP, TIFF, AVIF and GIF.
 */
export const readPhotograph = (file: string, size?: Size): TE.TaskEither<UnreadablePhotograph, Picture> =>
  TE.tryCatch(
    () => pixelsOf(file, { onWhite: true, ...(size === undefined ? {} : { size }) }),
    unreadable(file),
  );

/** The size of the upright picture, from its file's header. */
export const photographSize = (file: string): TE.TaskEither<UnreadablePhotograph, Size> =>
  TE.tryCatch(async () => {
    const { default: sharp } = await import("sharp");
    const { width, height } = (await sharp(file).metadata()).autoOrient;
    return { width, height };
  }, unreadable(file));
