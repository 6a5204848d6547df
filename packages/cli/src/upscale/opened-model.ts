/** A model on a runtime, whatever its kind. */
import type { ColourCorrection, SamplerName, UpscaleError } from "@tadsr/model";
import type { Size } from "../cost/parts.ts";
import { type Failure, firstLine, runtimeFailure } from "../failure.ts";
import type { Enlarger } from "./one-picture.ts";
import type { TileWork } from "./tile-cost.ts";

/** What a picture is made with; the last two of models of the paper's kind. */
export interface Settings {
  readonly seed: number;
  readonly steps: number;
  readonly tile: number;
  readonly sampler?: SamplerName;
  readonly colourCorrection?: ColourCorrection;
}

export interface OpenModel extends Enlarger {
  readonly name: string;
  readonly runtime: string;
  readonly settings: Settings;
  /** Operations of each of the `total` tiles of a picture of this size. */
  readonly work: (picture: Size, total: number) => TileWork;
  /** Releases the weights and gives the runtime back. */
  readonly close: () => Promise<void>;
}

export const upscaleFailure = (error: UpscaleError): Failure => runtimeFailure(firstLine(error.message));
