/** Which file of a folder belongs to which original, told by names. */

/** Which files are whose. Names are file names, with or without extensions. */
export interface Matching {
  /** From an original's name to the file that is measured for it. */
  readonly files: ReadonlyMap<string, string>;
  /** Originals that have no file. */
  readonly missing: readonly string[];
  /** Files that belong to no original, or to one that has a nearer file. */
  readonly spare: readonly string[];
}

/** A file's name without its extension. */
export const stemOf = (name: string): string => name.replace(/\.[^.]+$/, "");

/**
 * A file belongs to the original whose name without extension is the longest that its own begins with: `cat-2-4x.png`
 * to `cat-2.jpg`, not to `cat.jpg`. Of several files of one original, the shortest name is taken, and of those the first
 * in the order of code units.
 */
export const matchNames = (originals: readonly string[], files: readonly string[]): Matching => {
  const byLength = [...originals].sort((a, b) => stemOf(b).length - stemOf(a).length);
  const ordered = [...files].sort((a, b) => stemOf(a).length - stemOf(b).length || (a < b ? -1 : 1));
  const chosen = new Map<string, string>();
  const spare: string[] = [];
  for (const file of ordered) {
    const owner = byLength.find((original) => stemOf(file).startsWith(stemOf(original)));
    if (owner === undefined || chosen.has(owner)) spare.push(file);
    else chosen.set(owner, file);
  }
  return { files: chosen, missing: originals.filter((name) => !chosen.has(name)), spare: spare.sort() };
};
