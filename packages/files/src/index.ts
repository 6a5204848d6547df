export { PICTURE_FORMATS, type PictureFormat, sniffFormat } from "@tadsr/metadata";
export { checkPlace, type PlaceTaken } from "./check-place.ts";
export {
  type ConvertFileOptions,
  convertFile,
  type MadeFolder,
  type MakeFolderOptions,
  makeModelFolder,
} from "./convert-files.ts";
export { describeNetworkFile, describePaperFiles, describePictureFile } from "./describe-files.ts";
export {
  type AutoencoderMissing,
  type DescribeError,
  describeModel,
  type ModelChoices,
  type NamedModel,
} from "./describe-model.ts";
export type { Drafts, OnInterrupt, Paths } from "./drafts.ts";
export { exists, isFile, isFolder } from "./exists.ts";
export { fileOnDisk } from "./file-on-disk.ts";
export {
  type FindNetworksError,
  findNetworks,
  type NotOfPictures,
  type UnknownNetwork,
} from "./find-networks.ts";
export { describeFolder, loadDescription, loadModel, saveModel } from "./model-folder.ts";
export { decodePicture, type InvalidPictureFile, prepareDecoder } from "./pictures/decode-picture.ts";
export { drawSheet, type Label, type PlacedPicture, type Sheet } from "./pictures/draw-sheet.ts";
export { encoder } from "./pictures/encode-picture.ts";
export {
  photographSize,
  readPhotograph,
  type UnreadablePhotograph,
} from "./pictures/read-photograph.ts";
export { removeDrafts } from "./remove-drafts.ts";
export { type ReplaceOptions, replaceFile, replaceFiles } from "./replace-file.ts";
export { findModel, shippedModels } from "./shipped-models.ts";
export {
  architectureOf,
  checkpointContent,
  convertWeights,
  forEachWeight,
  openCheckpoint,
  openSafetensors,
  readFeatureNetwork,
  readSafetensors,
  readWeights,
  type WeightFile,
  weightsOnDisk,
  writeRandomWeights,
  writeSafetensors,
  writeWeights,
} from "./weights.ts";
