/** A picture as a program has it: in a file, as the bytes of one, or as pixels. */
import { readFile } from "node:fs/promises";
import { bleedColour, decodePicture, type InvalidPictureFile, type PictureWithAlpha } from "@tadsr/files";
import type { Picture } from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, inputFailure } from "../failure.ts";

/** A path, the bytes of a PNG, JPEG or WebP file, or pixels. */
export type GivenPicture = string | Uint8Array | Picture | PictureWithAlpha;

const decoded = (
  name: string,
  bytes: Uint8Array,
): TE.TaskEither<Failure | InvalidPictureFile, PictureWithAlpha> =>
  TE.map((picture: PictureWithAlpha) => {
    bleedColour(picture);
    return picture;
  })(decodePicture(name, bytes));

const fileBytes = (path: string): TE.TaskEither<Failure, Uint8Array> =>
  TE.tryCatch(
    () => readFile(path),
    (thrown) => inputFailure(`${path}: it cannot be read: ${fileReason(thrown)}`),
  );

/**
 * Pixels are used as they are. A file is decoded and turned upright, and its visible colours are carried into transparent
 * pixels, as the command does it.
 */
export const pictureOf = (
  given: GivenPicture,
): TE.TaskEither<Failure | InvalidPictureFile, PictureWithAlpha> => {
  if (typeof given === "string")
    return pipe(
      fileBytes(given),
      TE.chainW((bytes) => decoded(given, bytes)),
    );
  if (given instanceof Uint8Array) return decoded("the picture", given);
  return TE.right({ alpha: null, ...given });
};
