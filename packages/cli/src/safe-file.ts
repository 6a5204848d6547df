/** Writes a file so that no reader ever sees half of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, fileReason, outputFailure } from "./failure.ts";
import { displayPath, type Shell } from "./shell.ts";

const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";

/** Why `output` cannot be written; null if it can. */
export const objectionTo = async (shell: Shell, output: string, force: boolean): Promise<Failure | null> => {
  const shown = displayPath(shell, output);
  try {
    const found = await stat(output);
    if (found.isDirectory()) return outputFailure(`output ${shown} is a folder; name a file`);
    if (!found.isFile())
      return outputFailure(`output ${shown} is a device or a pipe, not a file; name a file`);
    return force ? null : outputFailure(`output ${shown} exists already; add --force to replace it`);
  } catch (thrown) {
    return isMissing(thrown) ? null : cannotWrite(shell, output)(thrown);
  }
};

/** Why a file operation on `output` failed. */
export const cannotWrite =
  (shell: Shell, output: string) =>
  (thrown: unknown): Failure => {
    const reason = isMissing(thrown)
      ? "its folder does not exist; make it or name another place"
      : `${fileReason(thrown)}; name another place`;
    return outputFailure(`output ${displayPath(shell, output)} cannot be written: ${reason}`);
  };

/**
 * Runs `work` with the path of a draft, in its own folder beside `output`. After the work the draft is renamed to
 * `output`. An existing file is refused before the work, and again after it, unless `force` is given.
 *
 * The folder is made first, so that a place that cannot be written is found before the work. And if the user
 * interrupts, a thread that still writes cannot restore the draft after its removal, because its folder is gone. The
 * folder is removed in every case.
 */
export const writeSafely =
  (shell: Shell, output: string, force: boolean) =>
  <A>(work: (draft: string) => TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
  async () => {
    const refused = await objectionTo(shell, output, force);
    if (refused !== null) return E.left(refused);
    const parent = dirname(output);
    // Made and registered without a pause: an interrupt while an engine blocks the thread finds both or neither.
    const made = E.tryCatch(() => mkdtempSync(join(parent, ".tadsr-")), cannotWrite(shell, output));
    if (E.isLeft(made)) return made;
    const folder = made.right;
    const forget = shell.onInterrupt(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    try {
      const draft = join(folder, basename(output));
      const done = await work(draft)();
      if (E.isLeft(done)) return done;
      const appeared = await objectionTo(shell, output, force);
      if (appeared !== null) return E.left(appeared);
      return await TE.tryCatch(
        async () => {
          await rename(draft, output);
          return done.right;
        },
        cannotWrite(shell, output),
      )();
    } finally {
      try {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      } finally {
        // Not before: removing takes several turns of the event loop, and an engine may block it in between.
        forget();
      }
    }
  };
