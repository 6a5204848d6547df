/** Places that an evaluation reads, so it must not write to them. */
import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";

/** The target of a path after following links. If it does not exist yet, links in the existing part are followed. */
const real = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await real(parent), basename(path));
  }
};

/**
 * The first of the folders that is one of the paths, or that contains one; null if there is none. Links are followed.
 * Relative paths start from `workingFolder`.
 */
export const folderAround = async (
  paths: readonly string[],
  folders: readonly string[],
  workingFolder: string,
): Promise<string | null> => {
  const places = await Promise.all(paths.map((path) => real(resolve(workingFolder, path))));
  for (const folder of folders) {
    const place = await real(resolve(workingFolder, folder));
    if (places.some((path) => path === place || path.startsWith(place.endsWith(sep) ? place : place + sep)))
      return folder;
  }
  return null;
};

/** Whether both paths lead to the same place. */
export const isSamePlace = async (a: string, b: string, workingFolder: string): Promise<boolean> =>
  (await real(resolve(workingFolder, a))) === (await real(resolve(workingFolder, b)));
