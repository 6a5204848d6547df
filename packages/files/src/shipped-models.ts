/** The models that come with @tadsr/model, by their names. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DESCRIPTION_FILE, nearestName, type UnknownModel } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { Task } from "fp-ts/lib/Task.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { exists } from "./exists.ts";
import { modelsFolder } from "./models-folder.ts";

/** Names of the shipped models, sorted. */
export const shippedModels: Task<readonly string[]> = async () => {
  const folder = modelsFolder();
  const names = await readdir(folder).catch((): string[] => []);
  const present = await Promise.all(names.map((name) => exists(join(folder, name, DESCRIPTION_FILE))));
  return names.filter((_, i) => present[i]).sort();
};

const unknownModel = (name: string, shipped: readonly string[]): UnknownModel => {
  const nearest = nearestName(name, shipped);
  const list = shipped.length === 0 ? "none is shipped" : `shipped are ${shipped.join(", ")}`;
  const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
  const message = `${name}: neither a shipped model nor a folder with ${DESCRIPTION_FILE} (${list})${hint}`;
  return { _tag: "UnknownModel", name, shipped, message };
};

/** The folder of a model, given by a shipped name or by its path. If both exist, the shipped name wins. */
export const findModel =
  (nameOrFolder: string): TE.TaskEither<UnknownModel, string> =>
  async () => {
    const shipped = await shippedModels();
    if (shipped.includes(nameOrFolder)) return E.right(join(modelsFolder(), nameOrFolder));
    return (await exists(nameOrFolder)) ? E.right(nameOrFolder) : E.left(unknownModel(nameOrFolder, shipped));
  };
