/** A line at the end of a terminal's standard error that changes. */
import type { Shell } from "./shell.ts";

/** Removes the line that the cursor is in. */
const WIPE = "\r\u001b[2K";

export interface LiveLine {
  readonly show: (text: string) => void;
  /** Removes it, so that another line can be written in its place. */
  readonly clear: () => void;
  /** The terminal's present width, in characters. */
  readonly columns: () => number;
}

/** null if standard error is no terminal. */
export const liveLineOn = ({ stderr }: Pick<Shell, "stderr">): LiveLine | null =>
  stderr.isTTY === true
    ? {
        show: (text) => void stderr.write(`${WIPE}${text}`),
        clear: () => void stderr.write(WIPE),
        columns: () => stderr.columns ?? 80,
      }
    : null;
