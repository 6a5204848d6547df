/** Models on disk: a folder with model.json (what it is) and model.safetensors (its weights). */
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeSchedule, type Schedule } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import type { Task } from "fp-ts/lib/Task.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import {
  fileUnreadable,
  fileUnwritable,
  invalidDescription,
  type ModelError,
  type UnknownModel,
} from "./errors.ts";
import { decodeDescription, MODEL_FORMAT, type ModelDescription } from "./model-description.ts";
import { nearestName } from "./nearest-name.ts";
import type { ConditionedNetwork } from "./networks/network.ts";
import { smallNetwork } from "./networks/small-network.ts";
import type { FloatType } from "./number-formats.ts";
import { replaceFile } from "./replace-file.ts";
import { writeSafetensors } from "./safetensors.ts";
import { checkWeights, type HostWeights, readWeights } from "./weights.ts";

/** What a model is. */
export const DESCRIPTION_FILE = "model.json";
/** The weights of its network. */
export const WEIGHTS_FILE = "model.safetensors";

/** A model, ready to be put on an engine. */
export interface Model {
  readonly description: ModelDescription;
  readonly schedule: Schedule;
  readonly network: ConditionedNetwork;
  /** Float32, whatever they are stored in. */
  readonly weights: HostWeights;
}

/** The network that a description names. */
export const networkOf = (description: ModelDescription): ConditionedNetwork =>
  smallNetwork(description.network);

const parseJson = (file: string, text: string): E.Either<ModelError, unknown> =>
  E.tryCatch(
    () => JSON.parse(text) as unknown,
    (thrown) => invalidDescription(file, "", "JSON", `text that is none (${(thrown as Error).message})`),
  );

/** The parsed content of a folder's model.json, not checked. */
export const readDescriptionFile = (folder: string): TE.TaskEither<ModelError, unknown> => {
  const file = join(folder, DESCRIPTION_FILE);
  return pipe(
    TE.tryCatch(
      () => readFile(file, "utf8"),
      (thrown): ModelError => fileUnreadable(file, thrown),
    ),
    TE.chainEitherK((text) => parseJson(file, text)),
  );
};

/** Reads and checks a folder's model.json alone. */
export const loadDescription = (folder: string): TE.TaskEither<ModelError, ModelDescription> =>
  pipe(
    readDescriptionFile(folder),
    TE.chainEitherKW((value) => decodeDescription(join(folder, DESCRIPTION_FILE), value)),
  );

/** A description's schedule; `decodeDescription` has checked it, another caller may not have. */
const scheduleOf = (file: string, { schedule }: ModelDescription): E.Either<ModelError, Schedule> =>
  E.mapLeft(({ field, found, allowed }: { field: string; found: unknown; allowed: string }) =>
    invalidDescription(file, `schedule.${field}`, allowed, String(found)),
  )(makeSchedule(schedule));

/** Reads a model folder. Names and shapes are checked against the network before a tensor is read. */
export const loadModel = (folder: string): TE.TaskEither<ModelError, Model> =>
  pipe(
    loadDescription(folder),
    TE.bindTo("description"),
    TE.bind("schedule", ({ description }) =>
      TE.fromEither(scheduleOf(join(folder, DESCRIPTION_FILE), description)),
    ),
    TE.let("network", ({ description }) => networkOf(description)),
    TE.bindW("weights", ({ network }) => readWeights(join(folder, WEIGHTS_FILE), network.parameters)),
  );

export interface SaveOptions {
  readonly dtype: FloatType;
}

/**
 * Writes a model folder, making it where it is not there. Description and weights are checked as in
 * loading; each of the two files is written beside and renamed, the weights first.
 */
export const saveModel = (
  folder: string,
  description: ModelDescription,
  weights: HostWeights,
  { dtype }: SaveOptions,
): TE.TaskEither<ModelError, void> => {
  const descriptionFile = join(folder, DESCRIPTION_FILE);
  const weightsFile = join(folder, WEIGHTS_FILE);
  return pipe(
    TE.fromEither<ModelError, ModelDescription>(decodeDescription(descriptionFile, description)),
    TE.chainFirstEitherK(
      (checked): E.Either<ModelError, void> =>
        checkWeights(weightsFile, networkOf(checked).parameters, weights),
    ),
    TE.chainFirst(() =>
      TE.tryCatch(
        () => mkdir(folder, { recursive: true }),
        (thrown): ModelError => fileUnwritable(folder, thrown),
      ),
    ),
    TE.chainFirst(
      (checked): TE.TaskEither<ModelError, void> =>
        writeSafetensors(weightsFile, weights, {
          dtype,
          metadata: { format: MODEL_FORMAT, name: checked.name },
        }),
    ),
    TE.chain(
      (checked): TE.TaskEither<ModelError, void> =>
        replaceFile(descriptionFile, (draft) => draft.writeFile(`${JSON.stringify(checked, null, 2)}\n`)),
    ),
  );
};

/** Where the models that come with this package are: beside `src` and, when published, beside `dist`. */
const MODELS = fileURLToPath(new URL("../models/", import.meta.url));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Names of the models that come with this package, sorted. */
export const shippedModels: Task<readonly string[]> = async () => {
  const names = await readdir(MODELS).catch((): string[] => []);
  const present = await Promise.all(names.map((name) => exists(join(MODELS, name, DESCRIPTION_FILE))));
  return names.filter((_, i) => present[i]).sort();
};

const unknownModel = (name: string, shipped: readonly string[]): UnknownModel => {
  const nearest = nearestName(name, shipped);
  const list = shipped.length === 0 ? "none is shipped" : `shipped are ${shipped.join(", ")}`;
  const hint = nearest === null ? "" : `; did you mean ${nearest}?`;
  const message = `${name}: neither a shipped model nor a folder with ${DESCRIPTION_FILE} (${list})${hint}`;
  return { _tag: "UnknownModel", name, shipped, message };
};

/** The folder of a model given by a shipped name or by its path; a name goes before a path like it. */
export const findModel =
  (nameOrFolder: string): TE.TaskEither<UnknownModel, string> =>
  async () => {
    const shipped = await shippedModels();
    if (shipped.includes(nameOrFolder)) return E.right(join(MODELS, nameOrFolder));
    return (await exists(nameOrFolder)) ? E.right(nameOrFolder) : E.left(unknownModel(nameOrFolder, shipped));
  };
