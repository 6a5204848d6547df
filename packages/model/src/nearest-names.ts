/** The nearest of many names to each of many, without taking long where they come from a hostile file. */
import { nearestName } from "./nearest-name.ts";

/** Longer names are not compared; no parameter has one. */
const LONGEST = 200;

/** Comparing takes the product of the lengths; of a network that is quite another, hundreds are all unlike. */
const MOST_COMPARED = 2 ** 24;

/** What follows each point of the name. */
const endings = (name: string): readonly string[] =>
  [...name.matchAll(/\./g)].map(({ index }) => name.slice(index + 1)).filter((ending) => ending !== "");

/**
 * Guesses like `nearestName`: a candidate that differs by a prefix is always found, another only as long as
 * there is time for it.
 */
export const nearestNames = (all: readonly string[]): ((name: string) => string | null) => {
  const candidates = all.filter(({ length }) => length <= LONGEST);
  const length = candidates.reduce((sum, candidate) => sum + candidate.length, 0);
  const exact = new Set(candidates);
  const byEnding = new Map(
    candidates.flatMap((candidate) => endings(candidate).map((ending) => [ending, candidate] as const)),
  );
  let left = MOST_COMPARED;
  return (name) => {
    if (name.length > LONGEST) return null;
    const prefixed = byEnding.get(name) ?? endings(name).find((ending) => exact.has(ending));
    if (prefixed !== undefined) return prefixed;
    left -= name.length * length;
    return left < 0 ? null : nearestName(name, candidates);
  };
};
