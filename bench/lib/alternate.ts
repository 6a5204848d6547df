/**
 * Times two sides turn by turn. A machine that others use too is faster at one moment and slower at the next. Both
 * sides see the same moments, so their ratio is stable even if their times are not.
 */
import type { Samples } from "./statistics.ts";

/** One of the two sides of a comparison. */
export interface Side {
  readonly name: string;
  /** Does the work once and returns the milliseconds that it took. */
  readonly run: () => Promise<number>;
}

/** A side that is a function in this process. */
export const timed = (name: string, work: () => Promise<unknown>): Side => ({
  name,
  run: async () => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  },
});

export interface Alternation {
  /** The number of timed rounds, one or more. In each, both sides run once. */
  readonly rounds: number;
  /** The number of untimed rounds before them, in which caches fill and code is compiled. */
  readonly warmups: number;
}

/** The times of the two sides in milliseconds, by round. */
export interface Turns {
  readonly ours: Samples;
  readonly theirs: Samples;
}

/** The side that begins changes with every round, so that the order favours neither. */
export const alternate = async (
  ours: Side,
  theirs: Side,
  { rounds, warmups }: Alternation,
): Promise<Turns> => {
  const total = warmups + Math.max(1, rounds);
  const pairs: [number, number][] = [];
  for (let round = 0; round < total; round++) {
    if (round % 2 === 0) {
      const first = await ours.run();
      pairs.push([first, await theirs.run()]);
    } else {
      const first = await theirs.run();
      pairs.push([await ours.run(), first]);
    }
  }
  const [head, ...tail] = pairs.slice(warmups) as [[number, number], ...[number, number][]];
  return {
    ours: [head[0], ...tail.map(([time]) => time)],
    theirs: [head[1], ...tail.map(([, time]) => time)],
  };
};
