/** Models on a disk: a folder with model.json (the description) and model.safetensors (the weights). */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  AUTOENCODER_FILE,
  checkModel,
  DESCRIPTION_FILE,
  type DescribedModel,
  describeModel,
  fileUnwritable,
  type HostWeights,
  type Model,
  type ModelDescription,
  type ModelError,
  type PaperModelError,
  readDescription,
  readModel,
  type SaveOptions,
  WEIGHTS_FILE,
  writeDescription,
  writeModelWeights,
} from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { throughDrafts } from "./drafts.ts";
import { fileOnDisk } from "./file-on-disk.ts";
import { writeInto } from "./replace-file.ts";

/** Reads and checks only a folder's model.json. */
export const loadDescription = (folder: string): TE.TaskEither<ModelError, ModelDescription> =>
  readDescription(fileOnDisk(join(folder, DESCRIPTION_FILE)));

/** Reads a model folder. Names and shapes are checked against the network before a tensor is read. */
export const loadModel = (folder: string): TE.TaskEither<ModelError, Model> =>
  readModel({
    description: fileOnDisk(join(folder, DESCRIPTION_FILE)),
    weights: fileOnDisk(join(folder, WEIGHTS_FILE)),
  });

/**
 * Writes a model folder, and makes the folder if it does not exist. Description and weights are checked as in loading.
 * Both files are put in place together, or neither.
 */
export const saveModel = (
  folder: string,
  description: ModelDescription,
  weights: HostWeights,
  options: SaveOptions,
): TE.TaskEither<ModelError, void> => {
  const names = { description: join(folder, DESCRIPTION_FILE), weights: join(folder, WEIGHTS_FILE) };
  return pipe(
    TE.fromEither(checkModel(names, description, weights)),
    TE.chainFirst(() =>
      TE.tryCatch(
        () => mkdir(folder, { recursive: true }),
        (thrown): ModelError => fileUnwritable(folder, thrown),
      ),
    ),
    TE.chain((checked) =>
      throughDrafts(
        [names.weights, names.description],
        { check: TE.right(undefined) },
        (drafts): TE.TaskEither<ModelError, void> =>
          pipe(
            writeInto(
              () => drafts()[0],
              names.weights,
              (sink) => writeModelWeights(sink, checked, weights, options),
            ),
            TE.chainW(() =>
              writeInto(
                () => drafts()[1],
                names.description,
                (sink) => writeDescription(sink, checked),
              ),
            ),
          ),
      ),
    ),
  );
};

/** The model of a folder, of the small family or the paper's kind; its model.json is read, its weights are not. */
export const describeFolder = (folder: string): TE.TaskEither<PaperModelError, DescribedModel> =>
  describeModel(fileOnDisk(join(folder, DESCRIPTION_FILE)), {
    network: fileOnDisk(join(folder, WEIGHTS_FILE)),
    autoencoder: fileOnDisk(join(folder, AUTOENCODER_FILE)),
  });
