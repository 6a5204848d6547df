/** The options of an upscaling by a model of the paper's kind, and their checks. */

import { noiseSource, type Schedule } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { isCount } from "../count.ts";
import type { Picture } from "../picture.ts";
import {
  checkPicture,
  refuseOption,
  scheduleFor,
  type UpscaleError,
  type UpscaleOptions,
} from "../upscale-options.ts";
import type { ColourCorrection } from "./colour-correction.ts";
import type { SamplerName } from "./paper-description.ts";
import type { PaperModel } from "./paper-model.ts";

export interface PaperUpscaleOptions extends UpscaleOptions {
  /**
   * Side of the tiles that a larger picture is cut into, in the picture's pixels: a multiple of the model's alignment,
   * 64. The authors' 512 if left out. The networks see all of a tile, so the result depends on it.
   */
  readonly tile?: number;
  /** The model's own if left out. It makes no difference to one step. */
  readonly sampler?: SamplerName;
  /** None if left out. */
  readonly colourCorrection?: ColourCorrection;
}

export const AUTHORS_TILE = 512;

export interface PaperSampling {
  readonly seed: number;
  readonly tile: number;
  readonly steps: number;
  readonly sampler: SamplerName;
  readonly colourCorrection: ColourCorrection;
  /** Its T is `steps`, except if `steps` is 1: then z_0 is predicted from z_T in one step. */
  readonly schedule: Schedule;
}

/** Checks all except the picture, so that a wrong option is reported before anything is read. */
export const checkPaperOptions = (
  { description, schedule, alignment }: PaperModel,
  options: PaperUpscaleOptions,
): E.Either<UpscaleError, PaperSampling> => {
  const { seed, tile = AUTHORS_TILE, steps = description.steps } = options;
  const { sampler = description.sampler, colourCorrection = "none" } = options;
  const source = noiseSource(seed, 0);
  if (E.isLeft(source)) return refuseOption("seed", seed, source.left.allowed);
  if (!isCount(tile) || tile % alignment !== 0)
    return refuseOption("tile", tile, `a multiple of ${alignment}, for the model ${description.name}`);
  if (!isCount(steps) || steps > schedule.T)
    return refuseOption(
      "steps",
      steps,
      `a whole number from 1 to ${schedule.T}, the steps of the schedule of the model ${description.name}`,
    );
  return E.map((used: Schedule) => ({ seed, tile, steps, sampler, colourCorrection, schedule: used }))(
    scheduleFor(schedule, steps),
  );
};

export const checkPaperRequest = (
  model: PaperModel,
  picture: Picture,
  options: PaperUpscaleOptions,
): E.Either<UpscaleError, PaperSampling> =>
  E.chain(() => checkPaperOptions(model, options))(checkPicture(picture));
