/** The picture files of a folder and of the folders in it. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileReason } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";

/** The errors of folders of pictures. */
export type DataError =
  | { readonly _tag: "UnreadableFolder"; readonly folder: string; readonly message: string }
  | { readonly _tag: "NoPictures"; readonly folder: string; readonly message: string }
  | { readonly _tag: "UnreadablePicture"; readonly file: string; readonly message: string }
  | { readonly _tag: "UnwritablePicture"; readonly file: string; readonly message: string }
  /** Results would be written over the originals themselves. */
  | { readonly _tag: "WouldReplaceOriginals"; readonly folder: string; readonly message: string };

/** A file that was left out, and why. */
export interface SkippedPicture {
  readonly name: string;
  readonly reason: string;
}

const pictureExtension = /\.(jpe?g|png|webp|tiff?|avif|gif)$/i;

/** Whether its name is that of a picture, and not hidden. */
const isPictureName = (name: string): boolean => !name.startsWith(".") && pictureExtension.test(name);

const noPictures = (folder: string): DataError => ({
  _tag: "NoPictures",
  folder,
  message: `${folder}: no pictures in this folder (looked for .jpg, .png, .webp, .tif, .avif, .gif)`,
});

const unreadable = (folder: string, thrown: unknown): DataError => ({
  _tag: "UnreadableFolder",
  folder,
  message: `${folder}: cannot list this folder: ${fileReason(thrown)}`,
});

/** The error if nothing in a folder can be used. */
export const noneUsable = (folder: string, total: number, first: SkippedPicture | undefined): DataError => ({
  _tag: "NoPictures",
  folder,
  message: `${folder}: none of the ${total} pictures can be used; the first, ${first?.name}: ${first?.reason}`,
});

type Sort = "folder" | "file" | "other";

/** What an entry is, with links followed. A link to nothing counts as a file; reading it will fail. */
const sortOf = async (path: string, entry: Dirent): Promise<Sort> => {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? "folder" : entry.isFile() ? "file" : "other";
  try {
    const target = await stat(path);
    return target.isDirectory() ? "folder" : target.isFile() ? "file" : "other";
  } catch {
    return "file";
  }
};

/** The names of the picture files in a folder itself, ordered by code units, so the same on every machine. */
export const pictureNames =
  (folder: string): TaskEither<DataError, readonly string[]> =>
  async () => {
    try {
      const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) =>
        isPictureName(name),
      );
      const sorts = await Promise.all(entries.map((entry) => sortOf(join(folder, entry.name), entry)));
      const names = entries
        .filter((_, i) => sorts[i] === "file")
        .map(({ name }) => name)
        .sort();
      return names.length > 0 ? E.right(names) : E.left(noPictures(folder));
    } catch (thrown) {
      return E.left(unreadable(folder, thrown));
    }
  };

export interface PictureFiles {
  /** Paths from the folder on, with `/` between their parts, ordered by code units. */
  readonly names: readonly string[];
  /** Folders that cannot be listed. */
  readonly skipped: readonly SkippedPicture[];
}

/**
 * All picture files below a folder. Hidden ones, whose name begins with a dot, are left out. So are folders that a link
 * leads back to: each folder is listed once, by the first path to it in the order of names.
 */
export const pictureFiles =
  (folder: string): TaskEither<DataError, PictureFiles> =>
  async () => {
    const names: string[] = [];
    const skipped: SkippedPicture[] = [];
    const listed = new Set<string>();
    const visit = async (path: string, prefix: string): Promise<void> => {
      const place = await realpath(path);
      if (listed.has(place)) return;
      listed.add(place);
      const entries = (await readdir(path, { withFileTypes: true }))
        .filter(({ name }) => !name.startsWith("."))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of entries) {
        const [inner, name] = [join(path, entry.name), `${prefix}${entry.name}`];
        const sort = await sortOf(inner, entry);
        if (sort === "file" && isPictureName(entry.name)) names.push(name);
        if (sort !== "folder") continue;
        await visit(inner, `${name}/`).catch((thrown: unknown) =>
          skipped.push({ name: `${name}/`, reason: `cannot list this folder: ${fileReason(thrown)}` }),
        );
      }
    };
    try {
      await visit(folder, "");
    } catch (thrown) {
      return E.left(unreadable(folder, thrown));
    }
    return names.length > 0 ? E.right({ names: names.sort(), skipped }) : E.left(noPictures(folder));
  };
