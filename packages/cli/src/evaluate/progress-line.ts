/** One line on standard error that shows an evaluation's progress, if it is a terminal. */
import type { Shell } from "../shell.ts";
import { leftText } from "../time-left.ts";

export interface ProgressLine {
  /** `done` of `total` pictures are made, and `what` is being made. */
  readonly tell: (done: number, total: number, what: string) => void;
  readonly clear: () => void;
}

const WIPE = "\r\u001b[2K";

const SILENT: ProgressLine = { tell: () => undefined, clear: () => undefined };

/** `12 of 140, 2 min 05 s left: baboon, seed 0, small-x4`, in at most `columns` characters. */
const progressText = (
  done: number,
  total: number,
  what: string,
  seconds: number,
  columns: number,
): string => {
  const left = done === 0 ? "" : `, ${leftText((seconds / done) * (total - done))}`;
  return `${done} of ${total}${left}: ${what}`.slice(0, Math.max(0, columns - 1));
};

/** `now` gives seconds since some fixed moment. */
export const progressLineOn = (
  { stderr }: Pick<Shell, "stderr">,
  now: () => number = () => performance.now() / 1000,
): ProgressLine => {
  if (stderr.isTTY !== true) return SILENT;
  const begun = now();
  return {
    tell: (done, total, what) => {
      const text = done < total ? progressText(done, total, what, now() - begun, stderr.columns ?? 80) : "";
      stderr.write(`${WIPE}${text}`);
    },
    clear: () => void stderr.write(WIPE),
  };
};
