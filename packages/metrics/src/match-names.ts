/** Which file of a folder belongs to which original, by their names. */

/** Which files belong to which originals. Names are file names, with or without extensions. */
export interface Matching {
  /** From an original's name to the file that is measured for it. */
  readonly files: ReadonlyMap<string, string>;
  /** Originals that have no file. */
  readonly missing: readonly string[];
  /** Files that belong to no original. */
  readonly strays: readonly string[];
  /** Files that belong to an original that has a nearer file. */
  readonly others: readonly string[];
}

/** A file's name without its extension. */
export const stemOf = (name: string): string => name.replace(/\.[^.]+$/, "");

/** Whether a name begins with another's. `img_10` does not begin with `img_1`: a number is a whole. */
const beginsWith = (name: string, start: string): boolean =>
  name.startsWith(start) && !(/\d$/.test(start) && /^\d/.test(name.slice(start.length)));

/**
 * A file belongs to the original with the longest name (without extension) that its own name begins with:
 * `cat-2-4x.png` belongs to `cat-2.jpg`, not to `cat.jpg`. If an original has several files, the shortest name is
 * taken; among equally short ones, the first in the order of code units.
 */
export const matchNames = (originals: readonly string[], files: readonly string[]): Matching => {
  const byLength = [...originals].sort((a, b) => stemOf(b).length - stemOf(a).length);
  const ordered = [...files].sort((a, b) => stemOf(a).length - stemOf(b).length || (a < b ? -1 : 1));
  const chosen = new Map<string, string>();
  const strays: string[] = [];
  const others: string[] = [];
  for (const file of ordered) {
    const owner = byLength.find((original) => beginsWith(stemOf(file), stemOf(original)));
    if (owner === undefined) strays.push(file);
    else if (chosen.has(owner)) others.push(file);
    else chosen.set(owner, file);
  }
  const missing = originals.filter((name) => !chosen.has(name));
  return { files: chosen, missing, strays: strays.sort(), others: others.sort() };
};
