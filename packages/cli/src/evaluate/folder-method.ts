/** A folder of pictures that were made elsewhere, as a method. */
import { join } from "node:path";
import { type LeftOut, type Matching, type Method, matchNames, type Original } from "@tadsr/metrics";
import { pictureNames } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Failure } from "../failure.ts";
import { resolveIn, type Shell } from "../shell.ts";
import { asInput, readPicture } from "./originals.ts";

/** Stands for the seed in a folder's name, if there is a folder for each seed. */
export const SEED_PLACE = "{seed}";

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
    shell: Shell,
    name: string,
    folder: string,
    originals: readonly Original[],
    seeds: readonly number[],
  ): TE.TaskEither<Failure, FolderMethod> =>
  async () => {
    const isFixed = !folder.includes(SEED_PLACE);
    const names = originals.map((original) => original.name);
    const listed = new Map<number | null, Listed>();
    for (const seed of isFixed ? [null] : seeds) {
      const path = resolveIn(shell, seed === null ? folder : folder.replaceAll(SEED_PLACE, String(seed)));
      const files = await TE.mapLeft(asInput)(pictureNames(path))();
      if (E.isLeft(files)) return files;
      listed.set(seed, { path, matching: matchNames(names, files.right) });
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
