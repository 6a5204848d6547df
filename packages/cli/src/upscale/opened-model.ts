/** A model on a runtime, whatever its kind. */
import type { ColourCorrection, SamplerName, UpscaleError } from "@tadsr/model";
import type { Size, TileWork } from "@tadsr/upscale";
import { type Failure, firstLine, runtimeFailure } from "../failure.ts";
import { plural } from "../plural.ts";
import type { Enlarger } from "./one-picture.ts";

/** What a picture is made with: seed and steps of models that sample, the last two of the paper's kind. */
export interface Settings {
  readonly tile: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly sampler?: SamplerName;
  readonly colourCorrection?: ColourCorrection;
}

export interface OpenModel extends Enlarger {
  readonly name: string;
  /** Numbers in the weights of all its networks. */
  readonly parameters: number;
  readonly runtime: string;
  readonly settings: Settings;
  /** Operations of each of the `total` tiles of a picture of this size. */
  readonly work: (picture: Size, total: number) => TileWork;
  /** Releases the weights and gives the runtime back. */
  readonly close: () => Promise<void>;
}

export const upscaleFailure = (error: UpscaleError): Failure => runtimeFailure(firstLine(error.message));

/** As it stands in a line for a person: `1 step, seed 0`; nothing of a network that does not sample. */
export const sampledWords = ({ seed, steps }: Settings, more: readonly string[] = []): readonly string[] =>
  seed === undefined || steps === undefined ? [] : [plural(steps, "step"), ...more, `seed ${seed}`];
