/** A progress bar on standard error, if it is a terminal. Nothing is printed to a pipe or a file. */
import { liveLineOn } from "./live-line.ts";
import type { Shell } from "./shell.ts";
import { leftText, NO_PACE, type Pace, paceAfter, secondsLeft } from "./time-left.ts";

/** Reports how many of a picture's tiles are done: 0 before the first, then after every one. */
export type Advance = (done: number, total: number) => void;

export interface Progress {
  /**
   * A bar for the picture called `name`. `work` gives the operations of each of its tiles; it is called only if a bar
   * is shown. The time left is for this picture, by the pace of all tiles before.
   */
  readonly picture: (name: string, work: (total: number) => readonly number[]) => Advance;
  /** Prints a line while a bar may be shown: removes the bar before, and draws it again after. */
  readonly aside: (print: () => void) => void;
  /** Removes the bar. */
  readonly clear: () => void;
}

const SILENT: Progress = {
  picture: () => () => undefined,
  aside: (print) => print(),
  clear: () => undefined,
};

/** One line of at most `columns` characters; the name is shortened first. `left` is in seconds. */
export const progressLine = (
  name: string,
  done: number,
  total: number,
  columns: number,
  left: number | null = null,
): string => {
  const fraction = total <= 0 ? 1 : Math.min(1, done / total);
  const bar = "█".repeat(Math.round(fraction * 24)).padEnd(24, "░");
  const tiles = `${String(Math.round(fraction * 100)).padStart(3)} % of ${total} ${total === 1 ? "tile" : "tiles"}`;
  const figures = left === null || fraction === 1 ? tiles : `${tiles}, ${leftText(left)}`;
  const room = Math.max(0, columns - 1 - bar.length - figures.length - 2);
  const shown = name.length <= room ? name : `…${name.slice(name.length - Math.max(0, room - 1))}`;
  return `${bar} ${figures} ${room < 2 ? "" : shown}`.trimEnd().slice(0, Math.max(0, columns - 1));
};

/** `now` gives seconds since some fixed moment. */
export const progressOn = (
  shell: Pick<Shell, "stderr">,
  now: () => number = () => performance.now() / 1000,
): Progress => {
  const live = liveLineOn(shell);
  if (live === null) return SILENT;
  let pace: Pace = NO_PACE;
  let shown = "";
  const draw = (line: string): void => {
    shown = line;
    live.show(line);
  };
  return {
    picture: (name, work) => {
      let tiles: readonly number[] = [];
      let since = Number.NaN;
      return (done, total) => {
        if (done === 0) tiles = work(total);
        else pace = paceAfter(pace, tiles[done - 1] ?? 0, now() - since);
        draw(progressLine(name, done, total, live.columns(), secondsLeft(pace, tiles, done)));
        since = now();
      };
    },
    aside: (print) => {
      if (shown !== "") live.clear();
      print();
      if (shown !== "") draw(shown);
    },
    clear: () => draw(""),
  };
};
