/** Files are written beside their place and renamed, so a reader finds either the old file or the whole new one. */
import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { type ByteSink, type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";

interface Draft {
  readonly sink: ByteSink;
  /** Makes sure that all of the file is on the disk. */
  readonly sync: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The draft of a file, at `path`. It is created when something is written, or when it is put in place. */
const draftOf = (file: string, path: string): Draft => {
  let handle: FileHandle | null = null;
  const opened = async (): Promise<FileHandle> => {
    handle ??= await open(path, "wx");
    return handle;
  };
  return {
    sink: { name: file, write: async (bytes) => (await opened()).writeFile(bytes) },
    sync: async () => (await opened()).sync(),
    close: async () => handle?.close(),
  };
};

/** Runs `write` on a draft beside `file` and puts the draft in place. After an error nothing is left behind. */
export const replaceFile =
  <E1, A>(
    file: string,
    write: (draft: ByteSink) => TE.TaskEither<E1, A>,
  ): TE.TaskEither<E1 | FileUnwritable, A> =>
  async () => {
    const path = `${file}.${randomUUID()}.tmp`;
    const draft = draftOf(file, path);
    let isInPlace = false;
    try {
      try {
        const written = await write(draft.sink)();
        if (E.isLeft(written)) return written;
        await draft.sync();
        await draft.close();
        await rename(path, file);
        isInPlace = true;
        return written;
      } finally {
        if (!isInPlace) {
          await draft.close();
          await rm(path, { force: true });
        }
      }
    } catch (thrown) {
      return E.left(fileUnwritable(file, thrown));
    }
  };
