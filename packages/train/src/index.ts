export {
  type BatchOptions,
  batchStream,
  type TrainingBatch,
  trainingBatch,
} from "./batches.ts";
export {
  type BlurPass,
  blurPasses,
  discreteGaussian,
  type GaussianBlur,
  gaussianBlur,
} from "./blur.ts";
export { type DataPurpose, type NoisePlace, placeOf } from "./data-streams.ts";
export {
  bicubicPicture,
  cropToMultiple,
  type DegradationParameters,
  type DegradationRanges,
  type DegradedPicture,
  defaultDegradationRanges,
  degradationParameters,
  degrade,
  degradePicture,
  onlyBicubic,
  type PictureSeed,
  type Range,
} from "./degradation.ts";
export { type BytePicture, type FloatPicture, fromBytes, toBytes } from "./float-picture.ts";
export { encodeJpeg, throughJpeg } from "./jpeg.ts";
export {
  type DataError,
  decodePicture,
  openPhotographs,
  type Photograph,
  type PhotographOptions,
  type Photographs,
  pictureNames,
  type SkippedPicture,
} from "./photographs.ts";
export { bicubicDown, type ResizeFilter, resize, resizeFilters, type Size } from "./resampling.ts";
export {
  keyOfName,
  type ValidationOptions,
  type ValidationReport,
  writeValidationPairs,
} from "./validation.ts";
