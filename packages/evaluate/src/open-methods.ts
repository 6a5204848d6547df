/** Opens the methods of an evaluation. Here is the order in which their errors are found. */
import { bicubicMethod, type LeftOut, type Method } from "@tadsr/metrics";
import { factorOf } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { MethodSource } from "./choices.ts";
import type { EvaluateError } from "./errors.ts";
import { type FolderEvaluation, isFolder, isModel } from "./evaluation.ts";
import { type FoundModel, findModels } from "./find-models.ts";
import { openFolder } from "./folder-method.ts";
import { modelMethod } from "./model-method.ts";
import type { Prepared } from "./prepare.ts";

/** Methods ready to make pictures. */
export interface OpenMethods {
  readonly methods: readonly Method[];
  /** Originals for which one of the methods has no picture, and why. */
  readonly missing: ReadonlyMap<string, string>;
  readonly spare: readonly LeftOut[];
}

const checkFactors = (found: readonly FoundModel[], scale: number | null): E.Either<EvaluateError, void> => {
  for (const { source, model } of found)
    if (scale !== null && factorOf(model) !== scale)
      return E.left({
        _tag: "OtherFactor",
        message:
          `${source.name}: it upscales ${factorOf(model)} times, but the degradation shrinks ${scale} times; ` +
          "measure it with one that shrinks as much",
      });
  return E.right(undefined);
};

/**
 * Folders are listed and models described before any model's weights are read, so that errors are found early. What
 * must be closed is added to `closing`, also if there is an error.
 */
export const openMethods =
  <E>(
    options: FolderEvaluation<E>,
    { workingFolder, seeds, degrading, originals }: Prepared,
    closing: (() => Promise<void>)[],
  ): TE.TaskEither<EvaluateError | E, OpenMethods> =>
  async () => {
    const opened = new Map<MethodSource, Method>();
    const missing = new Map<string, string>();
    const spare: LeftOut[] = [];
    for (const source of options.methods.filter(isFolder)) {
      const folder = await openFolder(source, originals.pictures, seeds, workingFolder)();
      if (E.isLeft(folder)) return folder;
      opened.set(source, folder.right.method);
      for (const name of folder.right.missing)
        if (!missing.has(name)) missing.set(name, `${source.name} has no picture with this name`);
      spare.push(...folder.right.spare);
    }
    const models = options.methods.filter(isModel);
    const found = await findModels(models, options.models ?? {}, workingFolder)();
    if (E.isLeft(found)) return found;
    const checked = checkFactors(found.right, degrading?.scale ?? null);
    if (E.isLeft(checked)) return checked;
    for (const { source, model, options: own } of found.right) {
      const open = await options.open.model(model, own)();
      if (E.isLeft(open)) return open;
      closing.push(open.right.close);
      opened.set(source, modelMethod(source.name, open.right));
    }
    const methods = options.methods.map(
      (source) => opened.get(source) ?? bicubicMethod(source.name, degrading?.scale ?? 1),
    );
    return E.right({ methods, missing, spare });
  };
