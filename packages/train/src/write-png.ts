import { encoder, replaceFile } from "@tadsr/files";
import { type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type FloatPicture, toBytes } from "./float-picture.ts";

/** Writes a picture, rounded to bytes. An interrupt leaves no half file. */
export const writePng = (picture: FloatPicture, file: string): TE.TaskEither<FileUnwritable, void> =>
  replaceFile(file, (draft) =>
    TE.tryCatch(
      async () => draft.write(await (await encoder(toBytes(picture), "png")).toBuffer()),
      (thrown) => fileUnwritable(file, thrown),
    ),
  );
