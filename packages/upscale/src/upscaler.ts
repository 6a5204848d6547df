/** The interface of a model of any kind on an engine. */
import type {
  CannotMix,
  ColourCorrection,
  FinishedTiles,
  PaperModelError,
  Picture,
  SamplerName,
  Size,
  UpscaleError,
} from "@tadsr/model";
import type * as TE from "fp-ts/lib/TaskEither.js";
import type { TileWork } from "./tile-cost.ts";

/** How pictures are made. Options that do not concern the model are ignored. */
export interface UpscalerOptions {
  /** The seed of the noise: a whole number from 0 to 2^53 - 1, by default 0. */
  readonly seed?: number;
  /** Side of the part of the picture that one pass keeps, in its pixels. By default what fits into memory. */
  readonly tile?: number;
  /** Steps of the sampler, by default those that the model was made for. */
  readonly steps?: number;
  /** Only for the paper's kind: by default the model's own. */
  readonly sampler?: SamplerName;
  /** Only for the paper's kind: by default none. */
  readonly colourCorrection?: ColourCorrection;
  /** The bytes that the process may use, by default 2 GiB. The tile is chosen by them. */
  readonly memory?: number;
}

/** The options of one picture. */
export interface UpscaleRequest {
  /** By default the seed of the upscaler. */
  readonly seed?: number;
  /** Looked at before every tile. */
  readonly signal?: AbortSignal;
  /** Called before the first tile and after every one. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The options in use. Models that sample have seed and steps, those of the paper's kind all five. */
export interface Settings {
  readonly tile: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly sampler?: SamplerName;
  readonly colourCorrection?: ColourCorrection;
}

/** What an upscaler is, and with what it computes. */
export interface DescribedUpscaler {
  readonly name: string;
  /** The result is so many times wider and higher. */
  readonly factor: number;
  /** Numbers in the weights of all its networks. */
  readonly parameters: number;
  readonly settings: Settings;
}

/** A model of any kind on an engine. */
export interface Upscaler extends DescribedUpscaler {
  /** The whole result. If the picture has alpha, the result's is made of it by Lanczos-3. */
  readonly upscale: (picture: Picture, request?: UpscaleRequest) => TE.TaskEither<UpscaleError, Picture>;
  /**
   * The colours of the result in parts, each as soon as it is done; it ends after a failure. If colours are corrected, all parts come
   * after the last tile.
   */
  readonly tiles: (picture: Picture, request?: UpscaleRequest) => FinishedTiles;
  /** Operations of each of the `total` tiles of a picture of this size. */
  readonly work: (picture: Size, total: number) => TileWork;
  /** Releases the weights; the upscaler is not used afterwards. The engine stays the caller's. */
  readonly close: () => void;
}

export type OpenUpscalerError = PaperModelError | CannotMix | UpscaleError;
