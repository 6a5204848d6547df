export type { WorkerLike } from "./calls-to-worker.ts";
export type {
  Enlarged,
  ModelChoice,
  ModelReady,
  ModelRequest,
  Side,
  Started,
  TileDone,
  View,
  ViewRequest,
} from "./messages.ts";
export {
  type EnlargedPicture,
  type EnlargeRequest,
  type OpenRequest,
  openInWorker,
  type PictureInWorker,
  type UpscalerInWorker,
  type UpscalingWorker,
  upscalingWorker,
} from "./open-in-worker.ts";
export { limitOfFormat } from "./save-picture.ts";
export { manifestOf, type ShippedModel, type WeightsFile, type WeightsManifest } from "./weights-manifest.ts";
export type { WorkerError, WorkerErrorCode } from "./worker-error.ts";
