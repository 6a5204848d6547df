/** What models the authors' files are, by the files' paths; only their headers are read. */
import * as model from "@tadsr/model";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type WeightFile, weightsOnDisk } from "./weights.ts";

/** The UNet of a file. */
export const describeNetworkFile = (
  weights: WeightFile,
  overrides: Omit<model.PaperModelOptions, "config"> = {},
): ReturnType<typeof model.describeNetworkFile> =>
  model.describeNetworkFile(weightsOnDisk(weights), overrides);

/** The model of the paper's kind of two files. */
export const describePaperFiles = (
  { network, autoencoder }: model.PaperFiles<WeightFile>,
  options: model.PaperModelOptions = {},
): TE.TaskEither<model.PaperModelError, model.PaperModel> =>
  model.describePaperFiles(
    { network: weightsOnDisk(network), autoencoder: weightsOnDisk(autoencoder) },
    options,
  );

/** The network of a file that makes a picture of a picture; null where it is another one that is known. */
export const describePictureFile = (weights: WeightFile): ReturnType<typeof model.describePictureFile> =>
  model.describePictureFile(weightsOnDisk(weights));
