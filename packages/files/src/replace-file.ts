/** Replaces a file, or several together. A reader finds either what was there or all that is new. */
import { type FileHandle, open } from "node:fs/promises";
import { type ByteSink, type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { checkPlace, type PlaceTaken } from "./check-place.ts";
import { type Drafts, type OnInterrupt, type Paths, throughDrafts } from "./drafts.ts";

/** A writer's result, or that `file` cannot be written if the writer throws. The file at `path` is made in any case. */
export const writeInto =
  <E1, A>(
    path: () => string,
    file: string,
    write: (sink: ByteSink) => TE.TaskEither<E1, A>,
  ): TE.TaskEither<E1 | FileUnwritable, A> =>
  async () => {
    let handle: FileHandle | null = null;
    const opened = async (): Promise<FileHandle> => {
      handle ??= await open(path(), "wx");
      return handle;
    };
    const close = async (): Promise<void> => handle?.close();
    try {
      try {
        const written = await write({
          name: file,
          write: async (bytes) => (await opened()).writeFile(bytes),
        })();
        if (E.isRight(written)) await opened();
        return written;
      } finally {
        await close();
      }
    } catch (thrown) {
      return E.left(fileUnwritable(file, thrown));
    }
  };

/**
 * Runs `write` on a draft beside `file`, makes sure that all of it is on the disk, and puts it in place. The draft is
 * made when something is written. After an error the old file is as it was, and nothing is left behind.
 */
export const replaceFile =
  <E1, A>(
    file: string,
    write: (draft: ByteSink) => TE.TaskEither<E1, A>,
  ): TE.TaskEither<E1 | FileUnwritable, A> =>
  async () => {
    try {
      return await throughDrafts([file], { check: TE.right(undefined) }, (drafts) =>
        writeInto(() => drafts()[0], file, write),
      )();
    } catch (thrown) {
      return E.left(fileUnwritable(file, thrown));
    }
  };

export interface ReplaceOptions {
  /** Whether files that are there may be replaced. */
  readonly replace: boolean;
  readonly onInterrupt?: OnInterrupt;
}

/** Refuses the first of the places that is taken. */
export const refuseTaken =
  (files: Paths, replace: boolean): TE.TaskEither<PlaceTaken | FileUnwritable, void> =>
  async () => {
    for (const file of files) {
      const checked = await checkPlace(file, replace)();
      if (E.isLeft(checked)) return checked;
    }
    return E.right(undefined);
  };

/**
 * Several files of one folder together: in the end either all are new, or all are as before. `write` gets the paths of
 * their drafts, one for each, and makes all of them. Places that are taken are refused before the work and again after
 * it. The drafts' folder is made first, so that a folder that cannot be written is found before the work. What `write`
 * throws is thrown.
 */
export const replaceFiles =
  <const F extends Paths>(files: F, { replace, ...options }: ReplaceOptions) =>
  <E1, A>(
    write: (drafts: Drafts<F>) => TE.TaskEither<E1, A>,
  ): TE.TaskEither<E1 | PlaceTaken | FileUnwritable, A> => {
    const check = refuseTaken(files, replace);
    return pipe(
      check,
      TE.chainW(() =>
        throughDrafts(files, { check, ...options }, (drafts): TE.TaskEither<E1 | FileUnwritable, A> => {
          const paths = E.tryCatch(drafts, (thrown) => fileUnwritable(files[0], thrown));
          return E.isLeft(paths) ? TE.left(paths.left) : write(paths.right);
        }),
      ),
    );
  };
