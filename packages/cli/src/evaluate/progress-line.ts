/** One line on standard error that shows an evaluation's progress, if it is a terminal. */
import type { LiveLine } from "../live-line.ts";
import { leftText } from "../time-left.ts";

/**
 * Tells that `done` of `total` pictures are made, and what is being made: `12 of 140, 2 min 05 s left: baboon, seed 0,
 * small-x4`. `now` gives seconds since some fixed moment.
 */
export const progressOn = (
  line: LiveLine | null,
  now: () => number = () => performance.now() / 1000,
): ((done: number, total: number, what: string) => void) => {
  const begun = now();
  return (done, total, what) => {
    const left = done === 0 ? "" : `, ${leftText(((now() - begun) / done) * (total - done))}`;
    const text = done < total ? `${done} of ${total}${left}: ${what}` : "";
    line?.show(text.slice(0, Math.max(0, line.columns() - 1)));
  };
};
