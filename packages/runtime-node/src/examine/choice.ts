/** Which of the examined runtimes `auto` takes, and why. */
import { CLEAR_MARGIN, fasterFirst } from "../faster-first.ts";
import type { Work } from "../figures.ts";
import type { RuntimeEntries } from "../runtime-entry.ts";
import type { Examined } from "./examined.ts";

export interface AutoChoice {
  /** null: none is ready. */
  readonly runtime: string | null;
  /** In words, on one line. */
  readonly why: string;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** `preferred` are the runtimes that `auto` tries where no graphics card was measured to be faster. */
export const autoChoice = <Name extends string>(
  entries: RuntimeEntries<Name>,
  preferred: readonly Name[],
  examined: readonly Examined[],
  work: Work,
): AutoChoice => {
  const figures = examined.flatMap((one) => (one.status === "ready" && one[work] !== null ? [one] : []));
  const speed = (name: string): number | null =>
    figures.find((figure) => figure.name === name)?.[work] ?? null;
  const runtime = fasterFirst(entries, preferred, figures, work).find((name) => speed(name) !== null) ?? null;
  if (runtime === null) return { runtime, why: `none of ${listed(preferred)} is ready` };
  const best = Math.max(...preferred.map((name) => speed(name) ?? 0));
  if (!preferred.includes(runtime)) {
    const times = ((speed(runtime) ?? 0) / best).toFixed(1);
    return { runtime, why: `measured ${times} times as fast as the fastest of ${listed(preferred)}` };
  }
  const why = `the first of ${listed(preferred)} that is ready`;
  return Object.keys(entries).some((name) => entries[name as Name].isGpu === true && speed(name) !== null)
    ? { runtime, why: `${why}; no graphics card was measured to be ${CLEAR_MARGIN} times as fast` }
    : { runtime, why };
};
