/** A progress bar on standard error, where a person looks at it; silence in a pipe or a file. */
import type { Shell } from "./shell.ts";

export interface Progress {
  /** `done` of `total` pieces of the work called `name`. */
  readonly update: (name: string, done: number, total: number) => void;
  /** Wipes the bar away, so that a line can be printed. */
  readonly clear: () => void;
}

const SILENT: Progress = { update: () => undefined, clear: () => undefined };

/** One line of at most `columns` characters; the name gives way before the bar does. */
export const progressLine = (name: string, done: number, total: number, columns: number): string => {
  const fraction = total <= 0 ? 1 : Math.min(1, done / total);
  const bar = "█".repeat(Math.round(fraction * 24)).padEnd(24, "░");
  const figures = `${String(Math.round(fraction * 100)).padStart(3)} % of ${total} ${total === 1 ? "tile" : "tiles"}`;
  const room = Math.max(0, columns - 1 - bar.length - figures.length - 2);
  const shown = name.length <= room ? name : `…${name.slice(name.length - Math.max(0, room - 1))}`;
  return `${bar} ${figures} ${room < 2 ? "" : shown}`.trimEnd().slice(0, Math.max(0, columns - 1));
};

export const progressOn = ({ stderr }: Shell): Progress =>
  stderr.isTTY === true
    ? {
        update: (name, done, total) =>
          void stderr.write(`\r\u001b[2K${progressLine(name, done, total, stderr.columns ?? 80)}`),
        clear: () => void stderr.write("\r\u001b[2K"),
      }
    : SILENT;
