/** Estimates how long work will still take, from the time that similar work took so far. */

/** Finished work in operations, and the seconds it took. */
export interface Pace {
  readonly work: number;
  readonly seconds: number;
}

export const NO_PACE: Pace = { work: 0, seconds: 0 };

export const paceAfter = (pace: Pace, work: number, seconds: number): Pace => ({
  work: pace.work + work,
  seconds: pace.seconds + seconds,
});

/** Seconds for the tiles from number `done` on; null if nothing was measured yet. */
export const secondsLeft = (
  { work, seconds }: Pace,
  tiles: readonly number[],
  done: number,
): number | null => {
  const remaining = tiles.slice(done).reduce((sum, operations) => sum + operations, 0);
  return work > 0 ? (remaining * seconds) / work : null;
};

const padded = (value: number): string => String(value).padStart(2, "0");

/** `8 s left`, `2 min 05 s left`, `1 h 04 min left`: rounded up, so that 0 is shown only at the end. */
export const leftText = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s left`;
  const minutes = whole < 3600 ? Math.floor(whole / 60) : Math.ceil(whole / 60);
  return minutes < 60
    ? `${minutes} min ${padded(whole % 60)} s left`
    : `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min left`;
};
