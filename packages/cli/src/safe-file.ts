/** Outputs of commands: written by @tadsr/files, so that no reader ever sees half of one, and refused in its words here. */
import { checkPlace, type Drafts, type Paths, type PlaceTaken, replaceFiles } from "@tadsr/files";
import { type FileUnwritable, fileUnwritable } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, outputFailure } from "./failure.ts";
import { displayPath, type Shell } from "./shell.ts";

const TAKEN = {
  file: "exists already; add --force to replace it",
  folder: "is a folder; name a file",
  device: "is a device or a pipe, not a file; name a file",
  link: "is a link that leads nowhere; add --force to replace it",
} as const;

type Refused = PlaceTaken | FileUnwritable;

/** Whether an error is that an output cannot be written. */
export const isRefused = (error: { readonly _tag: string }): error is Refused =>
  error._tag === "PlaceTaken" || error._tag === "FileUnwritable";

export const outputRefused =
  (shell: Shell) =>
  (error: Refused): Failure => {
    const output = `output ${displayPath(shell, error.file)}`;
    if (error._tag === "PlaceTaken") return outputFailure(`${output} ${TAKEN[error.by]}`);
    const reason =
      error.code === "ENOENT"
        ? "its folder does not exist; make it or name another place"
        : `${error.reason}; name another place`;
    return outputFailure(`${output} cannot be written: ${reason}`);
  };

/** Why `output` cannot be written; null if it can. */
export const objectionTo = async (shell: Shell, output: string, force: boolean): Promise<Failure | null> => {
  const checked = await checkPlace(output, force)();
  return E.isLeft(checked) ? outputRefused(shell)(checked.left) : null;
};

/** Why a file operation on `output` failed. */
export const cannotWrite =
  (shell: Shell, output: string) =>
  (thrown: unknown): Failure =>
    outputRefused(shell)(fileUnwritable(output, thrown));

/** Whether outputs that exist may be replaced, and what happens to drafts if the command is interrupted. */
export const replacing = ({ onInterrupt }: Shell, force: boolean | undefined) =>
  ({ replace: force === true, onInterrupt }) as const;

/**
 * Runs `work` with the paths of drafts, which replace the outputs when all of them are there; see `replaceFiles` of
 * @tadsr/files. Existing outputs are refused before the work, and again after it, unless `force` is given.
 */
export const writeTogether =
  <const F extends Paths>(shell: Shell, outputs: F, force: boolean) =>
  <A>(work: (drafts: Drafts<F>) => TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    TE.mapLeft((error: Failure | Refused) => (isRefused(error) ? outputRefused(shell)(error) : error))(
      replaceFiles(outputs, replacing(shell, force))(work),
    );

/** The same for one output. */
export const writeSafely =
  (shell: Shell, output: string, force: boolean) =>
  <A>(work: (draft: string) => TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    writeTogether(shell, [output], force)(([draft]) => work(draft));
