/**
 * Pieces of work one after another, of which each reads, computes and writes: while one computes, the next reads
 * and the one before writes.
 */

/** Seconds since some moment; an argument, so that what is measured can be tested. */
export type Clock = () => number;

export const systemClock: Clock = () => performance.now() / 1000;

/** What a piece of work is given to keep its place in the line. */
export interface Turn {
  /**
   * To be used once, for the part that needs the engine. It waits until the piece before has computed, computes,
   * and then waits until that piece has been written and told: so no more than one is ever being written.
   */
  readonly compute: <C>(work: () => Promise<C>) => Promise<C>;
  /** Ends when all pieces before have been written and told. */
  readonly afterOthers: Promise<void>;
}

/** When a piece had the engine, in the clock's seconds. */
export interface Spell {
  readonly began: number;
  readonly computed: number;
  /** The piece before had been written, and the engine was free for the next. */
  readonly left: number;
}

/** Where the time of a batch went, in seconds; the last three add up to the first. */
export interface Utilisation {
  readonly total: number;
  readonly computing: number;
  /** Nothing computed, because the next was not read yet. */
  readonly awaitingReads: number;
  /** Nothing computed, because the one before was not written yet, or only writing was left. */
  readonly awaitingWrites: number;
}

export const utilisationOf = (spells: readonly Spell[], begun: number, ended: number): Utilisation => {
  const leftBefore = (place: number): number => spells[place - 1]?.left ?? begun;
  const sum = (seconds: (spell: Spell, place: number) => number): number =>
    spells.reduce((total, spell, place) => total + seconds(spell, place), 0);
  return {
    total: ended - begun,
    computing: sum(({ began, computed }) => computed - began),
    awaitingReads: sum(({ began }, place) => began - leftBefore(place)),
    awaitingWrites: sum(({ computed, left }) => left - computed) + ended - leftBefore(spells.length),
  };
};

interface Signal {
  readonly given: Promise<void>;
  readonly give: () => void;
}

const signal = (): Signal => {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
};

/**
 * Runs `work` on every job and calls `tell` in the order of the jobs, whichever ends first. A job begins when
 * the one before it begins to compute or has ended, so that at most one that has been read waits, one computes
 * and one is written: memory is bounded by three, however many there are.
 *
 * `seconds` is what the job added to the time of them all: since it began or, if that was later, the one before
 * it left the engine; until it left the engine or, the last, ended.
 *
 * `work` is not to reject; if it does, no further job begins, and the rejection is passed on when all have ended.
 */
export const overlap = async <Job, A>(
  jobs: readonly Job[],
  work: (job: Job, turn: Turn) => Promise<A>,
  tell: (job: Job, outcome: A, seconds: number) => void,
  clock: Clock = systemClock,
): Promise<Utilisation> => {
  const begun = clock();
  const spells: Spell[] = [];
  const outcomes: Promise<A>[] = [];
  let free: Promise<unknown> = Promise.resolve();
  let told: Promise<void> = Promise.resolve();
  let isBroken = false;
  for (const [place, job] of jobs.entries()) {
    const [freeBefore, toldBefore] = [free, told];
    const [started, left] = [signal(), signal()];
    const isLast = place === jobs.length - 1;
    let [since, until] = [clock(), Number.NaN];
    const compute: Turn["compute"] = async (part) => {
      await freeBefore;
      since = Math.max(since, spells.at(-1)?.left ?? begun);
      const began = clock();
      started.give();
      try {
        const result = await part();
        const computed = clock();
        await toldBefore;
        until = clock();
        spells.push({ began, computed, left: until });
        return result;
      } finally {
        left.give();
      }
    };
    const outcome = work(job, { compute, afterOthers: toldBefore }).finally(() => {
      started.give();
      left.give();
    });
    outcomes.push(outcome);
    free = Promise.all([freeBefore, left.given]);
    told = Promise.all([toldBefore, outcome]).then(([, ended]) =>
      tell(job, ended, (isLast ? clock() : until) - since),
    );
    // A rejection is awaited below, after the work that is still going on.
    told.catch(() => {
      isBroken = true;
    });
    await started.given;
    if (isBroken) break;
  }
  await Promise.allSettled(outcomes);
  await told;
  return utilisationOf(spells, begun, clock());
};
