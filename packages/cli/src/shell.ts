/**
 * What a command sees of the world: where relative paths start, its three streams, and the signal
 * that says the user wants to stop. Commands get it as an argument, so that tests can hand in their
 * own.
 */
import { relative, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";

import type { Undo } from "./interrupt.ts";

/** A stream the command writes to; `isTTY` says whether a person looks at it. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Shell {
  /** The folder relative paths start from, absolute. */
  readonly folder: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls `undo` if the command is interrupted, and waits where it gives a promise; returns its removal. */
  readonly onInterrupt: (undo: Undo) => () => void;
}

/**
 * The folder the user is in. pnpm runs the workspace's own scripts (`pnpm upscale`, `pnpm tadsr`)
 * from the workspace's root wherever they were typed, and leaves the user's folder in INIT_CWD; in
 * every other setting the working directory is right.
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
