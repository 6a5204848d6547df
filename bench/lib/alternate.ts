/**
 * Two sides timed turn by turn. A machine that others use too is faster at one moment and slower at the
 * next; what it was at one moment, it was for both, so their ratio keeps when their times do not.
 */
import type { Samples } from "./statistics.ts";

/** One of the two things that are compared. */
export interface Side {
  readonly name: string;
  /** Does the work once and gives the milliseconds that it took. */
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
  /** Rounds that are timed, one or more: in each, both sides run once. */
  readonly rounds: number;
  /** Rounds before them that are not: caches fill, code is compiled. */
  readonly warmups: number;
}

/** The times of the two sides in milliseconds, by round. */
export interface Turns {
  readonly ours: Samples;
  readonly theirs: Samples;
}

/** Who begins changes with every round, so that being first or second favours neither. */
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
