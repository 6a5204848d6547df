/** Describes the models in the authors' files, given by path. Only their headers are read. */
import * as model from "@tadsr/model";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type WeightFile, weightsOnDisk } from "./weights.ts";

/** The UNet of a file. */
export const describeNetworkFile = (
  weights: WeightFile,
  overrides: Omit<model.PaperModelOptions, "config"> = {},
): ReturnType<typeof model.describeNetworkFile> =>
  model.describeNetworkFile(weightsOnDisk(weights), overrides);

/** The model of the paper's kind from two files. */
export const describePaperFiles = (
  { network, autoencoder }: model.PaperFiles<WeightFile>,
  options: model.PaperModelOptions = {},
): TE.TaskEither<model.PaperModelError, model.PaperModel> =>
  model.describePaperFiles(
    { network: weightsOnDisk(network), autoencoder: weightsOnDisk(autoencoder) },
    options,
  );

/** The network from pictures to pictures in a file; null if the file holds a known network of another kind. */
export const describePictureFile = (weights: WeightFile): ReturnType<typeof model.describePictureFile> =>
  model.describePictureFile(weightsOnDisk(weights));
