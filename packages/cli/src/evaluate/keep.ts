/** Pictures of an evaluation in a folder, so that other programs can measure them, too. */
import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Fault, Made, Trial } from "@tadsr/metrics";
import type { Picture } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import sharp from "sharp";
import { type Failure, fileReason, outputFailure } from "../failure.ts";
import { displayPath, resolveIn, type Shell } from "../shell.ts";

/** Writes what was made of a trial. */
export type Keep = (trial: Trial, made: readonly Made[]) => TE.TaskEither<Fault, void>;

/** A name that is one part of a path. */
const asFolder = (name: string): string => name.replaceAll(/[^\p{L}\p{N} ._+-]/gu, "_").replace(/^\.+/, "_");

/** Written beside and renamed, so that an interrupt leaves no half of it. */
const writePng = async ({ width, height, data }: Picture, folder: string, name: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.png`);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(`${file}.part`);
  await rename(`${file}.part`, file);
};

/**
 * `<folder>/<method>/<name>.png` and `<folder>/small/<name>.png`; where there are several seeds,
 * `<folder>/<method>/seed-<n>/<name>.png`. A folder that exists is refused without `force`.
 */
export const keepIn =
  (shell: Shell, named: string, seeds: readonly number[], force: boolean): TE.TaskEither<Failure, Keep> =>
  async () => {
    const folder = resolveIn(shell, named);
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    );
    if (isThere && !force)
      return E.left(
        outputFailure(
          `${displayPath(shell, folder)}: it exists already; choose another folder with --keep, or give --force`,
        ),
      );
    return E.right((trial, made) => {
      const place = (method: string): string =>
        seeds.length > 1 && trial.seed !== null
          ? join(folder, asFolder(method), `seed-${trial.seed}`)
          : join(folder, asFolder(method));
      return TE.tryCatch(
        async () => {
          if (trial.small !== null) await writePng(trial.small, place("small"), trial.name);
          for (const { method, picture } of made)
            if (method.kind !== "folder") await writePng(picture, place(method.name), trial.name);
        },
        (thrown) => ({ message: `${displayPath(shell, folder)}: cannot write: ${fileReason(thrown)}` }),
      );
    });
  };
