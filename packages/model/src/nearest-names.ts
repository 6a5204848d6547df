/** For each of many names the nearest of many others, in bounded time even if they come from a hostile file. */
import { nearestName } from "./nearest-name.ts";

/** Longer names are not compared. No parameter has one. */
const LONGEST = 200;

/** Limit of the sum of length times length over all comparisons: two different networks have hundreds of names. */
const MOST_COMPARED = 2 ** 24;

/** The rests of the name that begin after one of its points. */
const endings = (name: string): readonly string[] =>
  [...name.matchAll(/\./g)].map(({ index }) => name.slice(index + 1)).filter((ending) => ending !== "");

/**
 * Guesses like `nearestName`. A candidate that differs by a prefix is always found; another one is found only while
 * there is time left.
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
