/**
 * The one way in which files are written: as drafts in a folder of their own beside their places, which are moved into
 * place when all of them are whole and on the disk. So a reader finds either the old files or the new ones, whole.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";

/** At least one path. Several are in one folder. */
export type Paths = readonly [string, ...string[]];

/** A draft's path for each file. */
export type Drafts<F extends Paths> = { readonly [K in keyof F]: string };

/** Registers what removes the drafts if the program is interrupted. Returns a function that cancels this. */
export type OnInterrupt = (undo: () => void) => () => void;

/** How the name of a drafts' folder begins. */
export const DRAFTS = ".tadsr-";

const REMOVAL = { recursive: true, force: true, maxRetries: 3 } as const;

/** Makes sure that all of a file is on the disk. */
const sync = async (path: string): Promise<void> => {
  // To write, because Windows refuses otherwise.
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Moves drafts to their places: all, or none. Files that were there wait in `folder`, and come back if a draft cannot be
 * moved; the last needs no such wait, so a single file is replaced at once. It runs without a pause, so that no
 * interrupt can happen when only some are moved.
 */
const putInPlace = (folder: string, drafts: readonly string[], files: readonly string[]): void => {
  const undo: (() => void)[] = [];
  try {
    for (const [i, file] of files.entries()) {
      const isLast = i === files.length - 1;
      const former = join(folder, `former-${i}`);
      const isReplaced = !isLast && existsSync(file);
      if (isReplaced) {
        renameSync(file, former);
        undo.unshift(() => renameSync(former, file));
      }
      renameSync(drafts[i] as string, file);
      if (!isReplaced) undo.unshift(() => rmSync(file, { force: true }));
    }
  } catch (thrown) {
    for (const step of undo) step();
    throw thrown;
  }
};

export interface DraftOptions<E2> {
  /** Asked when the drafts are whole, before anything is moved: may the places be written? */
  readonly check: TE.TaskEither<E2, void>;
  readonly onInterrupt?: OnInterrupt;
}

/**
 * `write` makes the drafts. Their folder is made when it first asks for their paths, which throws if the folder cannot
 * be made. If the user interrupts, a thread that still writes cannot restore a draft after its removal, because its
 * folder is gone. The folder is removed in every case.
 */
export const throughDrafts =
  <const F extends Paths, E1, E2, A>(
    files: F,
    { check, onInterrupt }: DraftOptions<E2>,
    write: (drafts: () => Drafts<F>) => TE.TaskEither<E1, A>,
  ): TE.TaskEither<E1 | E2 | FileUnwritable, A> =>
  async () => {
    const [first] = files;
    let folder: string | null = null;
    let forget = (): void => undefined;
    const made = (): string => {
      if (folder !== null) return folder;
      // Made and registered without a pause: an interrupt while an engine blocks the thread finds both or neither.
      const fresh = mkdtempSync(join(dirname(first), DRAFTS));
      folder = fresh;
      if (onInterrupt !== undefined) forget = onInterrupt(() => rmSync(fresh, REMOVAL));
      return fresh;
    };
    const drafts = () => files.map((file) => join(made(), basename(file))) as unknown as Drafts<F>;
    try {
      const written = await write(drafts)();
      if (E.isLeft(written)) return written;
      try {
        const paths = drafts() as readonly string[];
        for (const path of paths) await sync(path);
        const appeared = await check();
        if (E.isLeft(appeared)) return appeared;
        putInPlace(made(), paths, files);
        return written;
      } catch (thrown) {
        return E.left(fileUnwritable(first, thrown));
      }
    } finally {
      try {
        if (folder !== null) await rm(folder, REMOVAL);
      } finally {
        // Not before: removing takes several turns of the event loop, and an engine may block it in between.
        forget();
      }
    }
  };
