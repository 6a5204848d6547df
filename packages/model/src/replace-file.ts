/** Files are written beside their place and renamed, so that a reader finds the former one or all of the new. */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type FileUnwritable, fileUnwritable } from "./errors.ts";

/** Runs `write` on a draft beside `file` and puts it in place; after a failure nothing is left behind. */
export const replaceFile = (
  file: string,
  write: (draft: FileHandle) => Promise<void>,
): TE.TaskEither<FileUnwritable, void> =>
  TE.tryCatch(
    async () => {
      const path = `${file}.${randomUUID()}.tmp`;
      const draft = await open(path, "wx");
      try {
        try {
          await write(draft);
          await draft.sync();
        } finally {
          await draft.close();
        }
        await rename(path, file);
      } catch (thrown) {
        await rm(path, { force: true });
        throw thrown;
      }
    },
    (thrown) => fileUnwritable(file, thrown),
  );
