/** A folder of pictures that were made elsewhere, as a method. */
import { join, resolve } from "node:path";
import { type LeftOut, type Matching, type Method, matchNames, type Original } from "@tadsr/metrics";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { FolderSource } from "./choices.ts";
import type { EvaluateError } from "./errors.ts";
import { namesIn, readPicture } from "./originals.ts";

/** Stands for the seed in a folder's name, if there is a folder for each seed. */
export const SEED_PLACE = "{seed}";

/** The folders of a method: one for each seed if the name has `{seed}`, otherwise one. */
export const foldersOf = ({ folder }: FolderSource, seeds: readonly number[]): readonly string[] =>
  folder.includes(SEED_PLACE) ? seeds.map((seed) => folder.replaceAll(SEED_PLACE, String(seed))) : [folder];

export interface FolderMethod {
  readonly method: Method;
  /** Originals that have no picture here. */
  readonly missing: readonly string[];
  /** Files that are not measured. */
  readonly spare: readonly LeftOut[];
}

interface Listed {
  readonly path: string;
  readonly matching: Matching;
}

/**
 * If the folder's name has `{seed}`, there must be a folder for each seed; otherwise its pictures are for all seeds.
 */
export const openFolder =
  (
    source: FolderSource,
    originals: readonly Original[],
    seeds: readonly number[],
    workingFolder: string,
  ): TE.TaskEither<EvaluateError, FolderMethod> =>
  async () => {
    const { name } = source;
    const isFixed = !source.folder.includes(SEED_PLACE);
    const names = originals.map((original) => original.name);
    const listed = new Map<number | null, Listed>();
    for (const [n, folder] of foldersOf(source, seeds).entries()) {
      const path = resolve(workingFolder, folder);
      const files = await namesIn(path)();
      if (E.isLeft(files)) return files;
      listed.set(isFixed ? null : (seeds[n] ?? null), { path, matching: matchNames(names, files.right) });
    }
    const all = [...listed.values()];
    const told = (files: readonly string[], reason: string): readonly LeftOut[] =>
      [...new Set(files)].map((file) => ({ of: name, name: file, reason }));
    const method: Method = {
      name,
      kind: "folder",
      detail: "pictures made elsewhere",
      parameters: null,
      isTimed: false,
      isFixed,
      make: (trial) => {
        const from = listed.get(isFixed ? null : trial.seed);
        const file = from?.matching.files.get(trial.name);
        return from === undefined || file === undefined
          ? TE.left({ message: `it has no picture of ${trial.name}` })
          : TE.mapLeft(({ message }: { readonly message: string }) => ({ message: `${file}: ${message}` }))(
              readPicture(join(from.path, file)),
            );
      },
    };
    return E.right({
      method,
      missing: [...new Set(all.flatMap(({ matching }) => matching.missing))],
      spare: [
        ...told(
          all.flatMap(({ matching }) => matching.strays),
          "no original has this name",
        ),
        ...told(
          all.flatMap(({ matching }) => matching.others),
          "another picture has a name nearer to the original's",
        ),
      ],
    });
  };
