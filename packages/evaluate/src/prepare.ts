/** Decisions and refusals of an evaluation before there is an engine. */
import { resolve } from "node:path";
import type { Degrading } from "@tadsr/metrics";
import { DEFAULT_DEGRADATION, degraderOf, readDegradation } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { because, type EvaluateError, uselessOption } from "./errors.ts";
import { type FolderEvaluation, isFolder, measuredFolders, seedsOf } from "./evaluation.ts";
import { SEED_PLACE } from "./folder-method.ts";
import { type Keep, keepIn } from "./keep.ts";
import { checkNames } from "./methods.ts";
import { listOriginals, type Originals } from "./originals.ts";

const ONLY_FOLDERS = "if only folders of pictures are compared; add a model";

/** Options that nothing uses, because no method makes pictures. */
const strayOption = <E>({ methods, degradation, keep, seeds }: FolderEvaluation<E>): EvaluateError | null => {
  if (!methods.every(isFolder)) return null;
  if (degradation !== undefined) return uselessOption("degradation", ONLY_FOLDERS);
  if (keep !== undefined) return uselessOption("keep", ONLY_FOLDERS);
  return seeds !== undefined && seedsOf(methods, seeds).length === 0
    ? uselessOption("seeds", `${ONLY_FOLDERS}, or put ${SEED_PLACE} into a folder's name`)
    : null;
};

/** Everything except the models: nothing here needs an engine. */
export interface Prepared {
  readonly workingFolder: string;
  readonly seeds: readonly number[];
  readonly degrading: Degrading | null;
  readonly originals: Originals;
  readonly keep: Keep | null;
}

/** Reads the degradation, and lists the originals. */
export const prepare =
  <E>(options: FolderEvaluation<E>): TE.TaskEither<EvaluateError, Prepared> =>
  async () => {
    const { methods, workingFolder = process.cwd() } = options;
    const names = checkNames(methods);
    if (E.isLeft(names)) return names;
    const stray = strayOption(options);
    if (stray !== null) return E.left(stray);
    const seeds = seedsOf(methods, options.seeds);
    const name = options.degradation ?? DEFAULT_DEGRADATION;
    const degrading = methods.every(isFolder)
      ? E.right(null)
      : E.bimap(because("InvalidDegradation"), (read: Parameters<typeof degraderOf>[1]) =>
          degraderOf(name, read),
        )(await readDegradation(name, (file) => resolve(workingFolder, file))());
    if (E.isLeft(degrading)) return degrading;
    const originals = await listOriginals(resolve(workingFolder, options.originals))();
    if (E.isLeft(originals)) return originals;
    const kept = {
      methods: methods.filter((source) => !isFolder(source)).map((source) => source.name),
      seeds,
      inputs: measuredFolders(options.originals, methods, seeds),
    };
    const keep =
      options.keep === undefined ? E.right(null) : await keepIn(options.keep, kept, workingFolder)();
    if (E.isLeft(keep)) return keep;
    return E.right({
      ...{ workingFolder, seeds },
      degrading: degrading.right,
      originals: originals.right,
      keep: keep.right,
    });
  };
