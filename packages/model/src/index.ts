export type {
  FileUnreadable,
  FileUnwritable,
  InvalidDescription,
  InvalidSafetensors,
  Mismatch,
  MissingTensor,
  ModelError,
  UnknownModel,
  ValueOutOfRange,
  WeightsMismatch,
} from "./errors.ts";
export { latentOfPixels, pixelsOfLatent } from "./latent.ts";
export { around, convolution, dense, type Layer } from "./layers.ts";
export { type Lifetimes, lifetimesOf, releasingAlgebra } from "./lifetimes.ts";
export {
  decodeDescription,
  MODEL_FORMAT,
  type ModelDescription,
  type SpaceToDepthLatent,
} from "./model-description.ts";
export type { ConditionedNetwork, NetworkInputs } from "./networks/network.ts";
export { predictor } from "./networks/predictor.ts";
export { type ResidualUNetConfig, residualUNet } from "./networks/residual-unet.ts";
export type { FloatType } from "./number-formats.ts";
export { elements, initialWeights, type ParameterSpec, parameter, parameterCount } from "./parameters.ts";
export type { FloatRaster, Picture, Raster, Rectangle } from "./picture.ts";
export {
  findModel,
  loadDescription,
  loadModel,
  type Model,
  networkOf,
  type SaveOptions,
  saveModel,
  shippedModels,
} from "./pretrained.ts";
export { type ReceptiveField, receptiveField } from "./receptive-field.ts";
export { bicubicResize } from "./resize.ts";
export {
  openSafetensors,
  readSafetensors,
  readTensors,
  type SafetensorsContent,
  type SafetensorsError,
  type SafetensorsFile,
  type WriteOptions,
  writeSafetensors,
} from "./safetensors.ts";
export type { SafetensorsHeader, StoredType, TensorEntry } from "./safetensors-header.ts";
export { paddedSize, planTiles, type Tile, type TilingOptions } from "./tiling.ts";
export { type FinishedTile, openUpscaler, placeTile, type Upscaler, upscale } from "./upscale.ts";
export { DEFAULT_TILE, type UpscaleError, type UpscaleOptions } from "./upscale-options.ts";
export { checkWeights, type HostWeights, readWeights, uploadWeights } from "./weights.ts";
