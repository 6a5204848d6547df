export { type ServingParts, serveUpscaling, type WorkerScope } from "./serve-upscaling.ts";
export { type CacheParts, type WeightsCache, weightsCache } from "./weights-cache.ts";
export { privateFiles, type StoredFile, type WeightsStore } from "./weights-store.ts";
