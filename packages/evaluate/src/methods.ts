/** Tells what the methods are that a user names: bicubic interpolation, folders of pictures, or models. */
import { join, resolve } from "node:path";
import { exists, isFile, isFolder, shippedModels } from "@tadsr/files";
import { ORIGINALS } from "@tadsr/metrics";
import { DESCRIPTION_FILE, nearestName } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { MethodSource, ModelSource } from "./choices.ts";
import type { EvaluateError } from "./errors.ts";
import { SEED_PLACE } from "./folder-method.ts";

/** The name by which bicubic interpolation is meant, and no folder. */
export const BICUBIC = "bicubic";

/** A method of which it is not known yet what it is. */
export interface NamedMethod extends Pick<ModelSource, "name" | "mix" | "steps"> {
  /** `bicubic`, a shipped model's name, a folder of pictures, a model's folder, or a file of weights. */
  readonly what: string;
}

/** A folder without a model's model.json is a folder of pictures. */
const kindOf = async (
  { what, mix }: NamedMethod,
  shipped: readonly string[],
  workingFolder: string,
): Promise<MethodSource["kind"]> => {
  if (mix !== undefined) return "model";
  if (what === BICUBIC) return "bicubic";
  if (shipped.includes(what)) return "model";
  if (what.includes(SEED_PLACE)) return "folder";
  const path = resolve(workingFolder, what);
  const isModel = await isFile(join(path, DESCRIPTION_FILE));
  return (await isFolder(path)) && !isModel ? "folder" : "model";
};

const unknownMethod = (place: number, what: string, shipped: readonly string[]): EvaluateError => {
  const nearest = nearestName(what, [...shipped, BICUBIC]);
  const reason =
    `there is no folder of pictures, model or file ${what}, and no shipped model with this name ` +
    `(shipped are ${shipped.join(", ")})${nearest === null ? "" : `; did you mean ${nearest}?`}`;
  return { _tag: "UnknownMethod", place, reason, message: reason };
};

/**
 * What each of the methods is. A folder that has a model's description is that model; `bicubic` and a shipped model's
 * name go before a folder of the same name.
 */
export const recogniseMethods =
  (
    named: readonly NamedMethod[],
    workingFolder: string = process.cwd(),
  ): TE.TaskEither<EvaluateError, readonly MethodSource[]> =>
  async () => {
    const shipped = await shippedModels();
    const sources: MethodSource[] = [];
    for (const [place, method] of named.entries()) {
      const { name, what, steps, mix } = method;
      const kind = await kindOf(method, shipped, workingFolder);
      if (kind === "model") {
        if (!shipped.includes(what) && !(await exists(resolve(workingFolder, what))))
          return E.left(unknownMethod(place, what, shipped));
        const own = { ...(mix === undefined ? {} : { mix }), ...(steps === undefined ? {} : { steps }) };
        sources.push({ kind, name, model: what, ...own });
        continue;
      }
      if (steps !== undefined)
        return E.left({
          _tag: "StepsOfNoModel",
          place,
          message: `${name}: only a model takes steps; leave them out`,
        });
      sources.push(kind === "bicubic" ? { kind, name } : { kind, name, folder: what });
    }
    return E.right(sources);
  };

/** Each method needs a name of its own, because the report and the table tell methods apart by name. */
export const checkNames = (methods: readonly MethodSource[]): E.Either<EvaluateError, void> => {
  for (const [place, { name }] of methods.entries()) {
    const taken = (by: "originals" | "method", reason: string): E.Either<EvaluateError, never> =>
      E.left({ _tag: "NameTaken", place, by, reason, message: `${name}: ${reason}` });
    if (name === ORIGINALS)
      return taken("originals", `the table has a row called ${ORIGINALS}; give this method another name`);
    if (methods.slice(0, place).some((other) => other.name === name))
      return taken("method", `another method is called ${name}; give this one another name`);
  }
  return E.right(undefined);
};
