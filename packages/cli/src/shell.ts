/**
 * A command's view of the world: the folder for relative paths, its three streams, and the signal to stop. Commands get
 * it as an argument, so that tests can pass their own.
 */
import { relative, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";

import type { Undo } from "./interrupt.ts";

/** A stream that the command writes to; `isTTY` says whether it is a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Shell {
  /** The folder that relative paths start from, as an absolute path. */
  readonly folder: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Calls `undo` if the command is interrupted, and waits for its promise, if any. Returns a function that cancels
   * this.
   */
  readonly onInterrupt: (undo: Undo) => () => void;
}

/**
 * The folder that the user is in. pnpm runs the workspace's own scripts (`pnpm upscale`, `pnpm tadsr`) in the
 * workspace's root, and puts the user's folder into INIT_CWD. In all other cases the working directory is right.
 */
export const userFolder = (
  environment: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): string => {
  const script = environment.npm_lifecycle_event;
  const ofWorkspace = environment.npm_package_name === "tadsr-workspace";
  const typedIn = environment.INIT_CWD;
  return ofWorkspace && (script === "upscale" || script === "tadsr") && typedIn !== undefined
    ? typedIn
    : workingDirectory;
};

/** The absolute path of what the user named. */
export const resolveIn = (shell: Shell, path: string): string => resolve(shell.folder, path);

/** `-`: standard input, or standard output. */
export const STREAM = "-";

/** The path as the user would write it. */
export const displayPath = (shell: Shell, path: string): string => {
  if (path === STREAM) return "standard input";
  const short = relative(shell.folder, path);
  return short === "" || short.startsWith("..") ? path : short;
};

export const printLine = (shell: Shell, line: string): void => {
  shell.stdout.write(`${line}\n`);
};

export const noteLine = (shell: Shell, line: string): void => {
  shell.stderr.write(`tadsr: ${line}\n`);
};
