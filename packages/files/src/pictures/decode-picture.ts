/** From the bytes of a picture file to pixels: sRGB, 8 bits, upright, alpha apart. */
import { PICTURE_FORMATS, sniffFormat } from "@tadsr/metadata";
import type { Picture } from "@tadsr/model";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { pixelsOf } from "./pixels.ts";

/** The bytes are none of a whole picture. `message` is one line that names the picture. */
export interface InvalidPictureFile {
  readonly _tag: "InvalidPictureFile";
  readonly message: string;
}

const invalidPictureFile = (message: string): InvalidPictureFile => ({ _tag: "InvalidPictureFile", message });

const checkBytes = (name: string, bytes: Uint8Array): E.Either<InvalidPictureFile, Uint8Array> => {
  if (bytes.length === 0) {
    return E.left(
      invalidPictureFile(`${name}: the file is empty (zero bytes); give a ${PICTURE_FORMATS} picture`),
    );
  }
  return sniffFormat(bytes) === null
    ? E.left(
        invalidPictureFile(
          `${name}: this is not a ${PICTURE_FORMATS} picture, whatever its name; convert it to one`,
        ),
      )
    : E.right(bytes);
};

/**
 * Begins to load what decodes pictures, so that the first one need not wait for all of it. If it cannot be loaded,
 * `decodePicture` says so.
 */
export const prepareDecoder = (): void => void import("sharp").catch(() => undefined);

/**
 * Decodes PNG, JPEG or WebP to upright 8-bit sRGB, with alpha apart. A picture that is cut off or damaged is refused,
 * not filled up with grey.
 */
export const decodePicture = (
  name: string,
  bytes: Uint8Array,
): TE.TaskEither<InvalidPictureFile, Picture> => {
  const checked = checkBytes(name, bytes);
  if (E.isLeft(checked)) return TE.left(checked.left);
  return TE.tryCatch(
    () => pixelsOf(bytes),
    (thrown) =>
      invalidPictureFile(
        `${name}: the picture is damaged or cut off (${firstLine(thrown)}); get a whole copy of it`,
      ),
  );
};
