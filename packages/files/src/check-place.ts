/** Whether a file may be written to a path. */
import { lstat, stat } from "node:fs/promises";
import { type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";

/**
 * Something is at a file's place that must not be replaced, or cannot be: a folder, a device or a pipe. A link is one
 * that leads nowhere.
 */
export interface PlaceTaken {
  readonly _tag: "PlaceTaken";
  readonly file: string;
  readonly by: "file" | "folder" | "device" | "link";
  readonly message: string;
}

const TAKEN = {
  file: "it exists already; name another file, or let it be replaced",
  folder: "it is a folder; name a file",
  device: "it is a device or a pipe, not a file; name a file",
  link: "it is a link that leads nowhere; name another file, or let it be replaced",
} as const;

const placeTaken = (file: string, by: PlaceTaken["by"]): PlaceTaken => ({
  _tag: "PlaceTaken",
  file,
  by,
  message: `${file}: ${TAKEN[by]}`,
});

const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
};

/** Refuses a folder, a device and a pipe, and a file or a link that leads nowhere unless `replace` is true. The folder of the path may be missing. */
export const checkPlace =
  (file: string, replace: boolean): TE.TaskEither<PlaceTaken | FileUnwritable, void> =>
  async () => {
    try {
      const found = await stat(file);
      if (found.isDirectory()) return E.left(placeTaken(file, "folder"));
      if (!found.isFile()) return E.left(placeTaken(file, "device"));
      return replace ? E.right(undefined) : E.left(placeTaken(file, "file"));
    } catch (thrown) {
      const unwritable = fileUnwritable(file, thrown);
      if (unwritable.code !== "ENOENT") return E.left(unwritable);
      return !replace && (await isThere(file)) ? E.left(placeTaken(file, "link")) : E.right(undefined);
    }
  };
