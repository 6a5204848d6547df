/** Writes several files, so that in the end either all are there, or everything is as before. */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../failure.ts";
import { cannotWrite, objectionTo } from "../safe-file.ts";
import type { Shell } from "../shell.ts";

const objectionToAny = async (
  shell: Shell,
  outputs: readonly string[],
  force: boolean,
): Promise<Failure | null> => {
  for (const output of outputs) {
    const objection = await objectionTo(shell, output, force);
    if (objection !== null) return objection;
  }
  return null;
};

/**
 * Moves drafts to their places. Existing files wait in `folder`, and come back if a draft cannot be moved. It runs
 * without a pause, so that no interrupt can happen when only some are moved.
 */
const putAll = (folder: string, outputs: readonly string[]): void => {
  const undo: (() => void)[] = [];
  try {
    for (const [i, output] of outputs.entries()) {
      const former = join(folder, `former-${i}`);
      if (existsSync(output)) {
        renameSync(output, former);
        undo.unshift(() => renameSync(former, output));
      }
      renameSync(join(folder, basename(output)), output);
      undo.unshift(() => rmSync(output, { force: true }));
    }
  } catch (thrown) {
    for (const step of undo) step();
    throw thrown;
  }
};

/**
 * `work` gets a folder beside the outputs and writes drafts into it, named as the outputs. All outputs are in one
 * folder. Existing outputs are refused before the work and again after it, unless `force` is given.
 */
export const writeTogether =
  (shell: Shell, outputs: readonly [string, ...string[]], force: boolean) =>
  (work: (folder: string) => Promise<void>): TE.TaskEither<Failure, void> =>
  async () => {
    const [first] = outputs;
    const refused = await objectionToAny(shell, outputs, force);
    if (refused !== null) return E.left(refused);
    const made = E.tryCatch(() => mkdtempSync(join(dirname(first), ".tadsr-")), cannotWrite(shell, first));
    if (E.isLeft(made)) return made;
    const folder = made.right;
    const forget = shell.onInterrupt(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    try {
      await work(folder);
      const appeared = await objectionToAny(shell, outputs, force);
      if (appeared !== null) return E.left(appeared);
      putAll(folder, outputs);
      return E.right(undefined);
    } catch (thrown) {
      return E.left(cannotWrite(shell, first)(thrown));
    } finally {
      try {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      } finally {
        forget();
      }
    }
  };
