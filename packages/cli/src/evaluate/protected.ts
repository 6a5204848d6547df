/** Places that an evaluation reads, and so must not write to. */
import { realpath } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";

/** Where a path leads, links followed; of what is not there yet, the part that is. */
const real = async (path: string): Promise<string> => {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await real(parent), basename(path));
  }
};

/** The first of the folders that one of the paths is, or lies in; null where none does. */
export const lieWithin = async (
  paths: readonly string[],
  folders: readonly string[],
): Promise<string | null> => {
  const places = await Promise.all(paths.map(real));
  for (const folder of folders) {
    const place = await real(folder);
    if (places.some((path) => path === place || path.startsWith(place.endsWith(sep) ? place : place + sep)))
      return folder;
  }
  return null;
};

/** Whether both paths lead to one place. */
export const isSamePlace = async (a: string, b: string): Promise<boolean> =>
  (await real(a)) === (await real(b));
