export { bleedColour } from "./bleed-colour.ts";
export { bytesOfTile, type MeasuredEngine, withinReach } from "./engine-memory.ts";
export {
  fittingPaperTile,
  fittingPictureTile,
  fittingSmallTile,
  type Room,
  SMALL_TILES,
} from "./fitting-tile.ts";
export { costOfLayer } from "./layer-cost.ts";
export { type CostError, type CostFigures, costFigures, networkCosts } from "./network-costs.ts";
export { openUpscaler, prepareModel } from "./open-upscaler.ts";
export {
  type Clock,
  overlap,
  type Spell,
  systemClock,
  type Turn,
  type Utilisation,
  utilisationOf,
} from "./overlap.ts";
export { paperFootprint, paperWork } from "./paper-tile-cost.ts";
export type { PartCost } from "./part-costs.ts";
export { pictureFootprint, pictureWork } from "./picture-tile-cost.ts";
export type { PreparedModel } from "./prepared-model.ts";
export { smallFootprint, smallWork } from "./small-tile-cost.ts";
export type { Footprint, TileWork } from "./tile-cost.ts";
export { upscaleAlpha } from "./upscale-alpha.ts";
export type {
  DescribedUpscaler,
  OpenUpscalerError,
  Settings,
  UpscaleRequest,
  Upscaler,
  UpscalerOptions,
} from "./upscaler.ts";
