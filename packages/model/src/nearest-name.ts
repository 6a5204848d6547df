/** Guesses which name was meant by one that does not exist. */

/** Insertions, deletions and substitutions from a to b (Levenshtein). */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
};

/** Names most often differ by an extra prefix, as in `module.input.bias`. */
const isSuffix = (a: string, b: string): boolean => a.length > 0 && b.endsWith(`.${a}`);

/** The candidate that is fewest edits away, if less than a third of the name would change; otherwise null. */
export const nearestName = (name: string, candidates: Iterable<string>): string | null => {
  let [best, fewest]: [string | null, number] = [null, Math.ceil(name.length / 3)];
  for (const candidate of candidates) {
    if (isSuffix(name, candidate) || isSuffix(candidate, name)) return candidate;
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const distance = editDistance(name, candidate);
    if (distance < fewest) [best, fewest] = [candidate, distance];
  }
  return best;
};
