/** From a picture to a file. */
import { encoder, type PictureFormat, replaceFile } from "@tadsr/files";
import type { FileUnwritable, Picture } from "@tadsr/model";
import { checkPicture, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, outputFailure } from "../failure.ts";
import { checkSide, formatOf } from "../upscale/format.ts";
import { promised } from "./tadsr-error.ts";

/**
 * Writes a picture as PNG, JPEG or WebP, by the extension of the path. An existing file is replaced once all of the new
 * one is on the disk.
 */
export const savePicture = (picture: Picture, path: string): Promise<void> => {
  const format = E.chain((found: PictureFormat) => checkSide(found, picture.width, picture.height))(
    formatOf(path),
  );
  if (E.isLeft(format)) return promised(TE.left(format.left));
  const checked = checkPicture(picture);
  if (E.isLeft(checked)) return promised(TE.left(checked.left));
  const written = replaceFile(path, (draft) =>
    TE.tryCatch(
      async () => draft.write(await (await encoder(picture, format.right)).toBuffer()),
      (thrown): FileUnwritable => fileUnwritable(path, thrown),
    ),
  );
  return promised(TE.mapLeft(({ message }: FileUnwritable): Failure => outputFailure(message))(written));
};
