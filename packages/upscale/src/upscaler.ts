/** A model of any kind on an engine, and what it is asked. */
import type {
  CannotMix,
  ColourCorrection,
  FinishedTiles,
  PaperModelError,
  Picture,
  SamplerName,
  UpscaleError,
} from "@tadsr/model";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { Size } from "./size.ts";
import type { TileWork } from "./tile-cost.ts";

/** How pictures are made. What a model has no use for is left alone. */
export interface UpscalerOptions {
  /** Of the noise: a whole number from 0 to 2^53 - 1; 0 where left out. */
  readonly seed?: number;
  /** Side of the part of the picture that one pass keeps; what fits into memory where left out. */
  readonly tile?: number;
  /** Steps of the sampler; what the model was made for where left out. */
  readonly steps?: number;
  /** Of the paper's kind: the model's own where left out. */
  readonly sampler?: SamplerName;
  /** Of the paper's kind: none where left out. */
  readonly colourCorrection?: ColourCorrection;
  /** Bytes that the process may use, by which the tile is chosen; 2 GiB where left out. */
  readonly memory?: number;
}

/** What one picture is asked for beside the picture itself. */
export interface UpscaleRequest {
  /** Another seed than the one that was given when the model was opened. */
  readonly seed?: number;
  /** Looked at before every tile. */
  readonly signal?: AbortSignal;
  /** Called before the first tile and after every one. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What was chosen: seed and steps of models that sample, the last two of the paper's kind. */
export interface Settings {
  readonly tile: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly sampler?: SamplerName;
  readonly colourCorrection?: ColourCorrection;
}

/** A model of any kind on an engine. */
export interface Upscaler {
  readonly name: string;
  /** The result is so many times wider and higher. */
  readonly factor: number;
  /** Numbers in the weights of all its networks. */
  readonly parameters: number;
  readonly settings: Settings;
  /** The whole result. */
  readonly upscale: (picture: Picture, request?: UpscaleRequest) => TE.TaskEither<UpscaleError, Picture>;
  /**
   * Parts that make up the result, each as it is done; ends after a failure. Where colours are corrected all of them
   * come after the last tile.
   */
  readonly tiles: (picture: Picture, request?: UpscaleRequest) => FinishedTiles;
  /** Operations of each of the `total` tiles of a picture of this size. */
  readonly work: (picture: Size, total: number) => TileWork;
  /** Releases the weights; the upscaler is not used afterwards. The engine stays the caller's. */
  readonly close: () => void;
}

export type OpenUpscalerError = PaperModelError | CannotMix | UpscaleError;
