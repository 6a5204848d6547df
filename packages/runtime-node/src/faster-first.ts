/** Which runtimes `auto` tries, by what they were measured to compute. */
import type { Figure, Work } from "./figures.ts";
import type { RuntimeEntries } from "./runtime-entry.ts";

/** A graphics card is taken if it is at least so many times as fast: a measurement of a second is not exact. */
export const CLEAR_MARGIN = 1.5;

/**
 * The candidates, and before them each runtime on a graphics card that was measured to be clearly faster than every
 * candidate, fastest first. If no candidate was measured, nothing is known, and the candidates stay as they are.
 */
export const fasterFirst = <Name extends string>(
  entries: RuntimeEntries<Name>,
  candidates: readonly Name[],
  figures: readonly Figure[],
  work: Work,
): readonly Name[] => {
  const speed = (name: Name): number => figures.find((figure) => figure.name === name)?.[work] ?? 0;
  const least = CLEAR_MARGIN * Math.max(0, ...candidates.map(speed));
  if (least === 0) return candidates;
  const faster = (Object.keys(entries) as Name[])
    .filter((name) => entries[name].isGpu === true && !candidates.includes(name) && speed(name) >= least)
    .sort((a, b) => speed(b) - speed(a));
  return [...faster, ...candidates];
};
