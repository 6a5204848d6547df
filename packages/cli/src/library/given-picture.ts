/** A picture as a program has it: in a file, as the bytes of one, or as pixels. */
import { readFile } from "node:fs/promises";
import { decodePicture, type InvalidPictureFile } from "@tadsr/files";
import type { Picture } from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, inputFailure } from "../failure.ts";

/** A path, the bytes of a PNG, JPEG or WebP file, or pixels. */
export type GivenPicture = string | Uint8Array | Picture;

const fileBytes = (path: string): TE.TaskEither<Failure, Uint8Array> =>
  TE.tryCatch(
    () => readFile(path),
    (thrown) => inputFailure(`${path}: it cannot be read: ${fileReason(thrown)}`),
  );

/** Pixels are used as they are. A file is decoded and turned upright. */
export const pictureOf = (given: GivenPicture): TE.TaskEither<Failure | InvalidPictureFile, Picture> => {
  if (typeof given === "string")
    return pipe(
      fileBytes(given),
      TE.chainW((bytes) => decodePicture(given, bytes)),
    );
  return given instanceof Uint8Array ? decodePicture("the picture", given) : TE.right(given);
};
