export type { WorkerLike } from "./calls-to-worker.ts";
export type {
  ModelChoice,
  ModelReady,
  ModelRequest,
  Side,
  Started,
  TileDone,
  Upscaled,
  View,
  ViewRequest,
} from "./messages.ts";
export {
  type OpenRequest,
  openInWorker,
  type PictureInWorker,
  type UpscaledPicture,
  type UpscaleRequest,
  type UpscalerInWorker,
  type UpscalingWorker,
  upscalingWorker,
} from "./open-in-worker.ts";
export { limitOfFormat } from "./save-picture.ts";
export { manifestOf, type ShippedModel, type WeightsFile, type WeightsManifest } from "./weights-manifest.ts";
export type { WorkerError, WorkerErrorCode } from "./worker-error.ts";
