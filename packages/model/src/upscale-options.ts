/** The options of an upscaling, their checks, and the errors. */

import { type EngineFailure, failureOf, noiseSource, respace, type Schedule } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { isCount } from "./count.ts";
import type { Model } from "./model.ts";
import type { Picture, Rectangle } from "./picture.ts";

/** Default side of the part that one pass keeps, in pixels of the picture. */
export const DEFAULT_TILE = 256;

export interface UpscaleOptions {
  /** Seed of the noise: a whole number from 0 to 2^53 - 1. The same seed gives the same picture, whatever the tile. */
  readonly seed: number;
  /** Side of the part that one pass keeps, in pixels of the picture; at least 1. */
  readonly tile?: number;
  /** Steps of the sampler, 1 to the schedule's T; the number that the model was trained for if left out. */
  readonly steps?: number;
  /** Checked before every tile. */
  readonly signal?: AbortSignal;
  /** Called before the first tile and after every one. */
  readonly onProgress?: (done: number, total: number) => void;
}

export type UpscaleError =
  | {
      readonly _tag: "InvalidOption";
      readonly option: "seed" | "tile" | "steps";
      readonly found: unknown;
      readonly allowed: string;
      readonly message: string;
    }
  | { readonly _tag: "InvalidPicture"; readonly message: string }
  | { readonly _tag: "Aborted"; readonly done: number; readonly total: number; readonly message: string }
  /** The network gave an infinity or a NaN. `tile` is the place, in pixels of the picture. */
  | { readonly _tag: "NotFinite"; readonly tile: Rectangle; readonly message: string }
  /** The engine threw: most often because memory ran out. `reason` is `unknown` if the engine does not tell. */
  | {
      readonly _tag: "EngineFailed";
      readonly engine: string;
      readonly reason: EngineFailure["reason"] | "unknown";
      readonly message: string;
    };

/** A result for which there is not enough memory. */
export const noRoomFor = (width: number, height: number): UpscaleError => ({
  _tag: "InvalidPicture",
  message: `a result of ${width} x ${height} pixels does not fit into memory; cut the picture into parts`,
});

export const aborted = (done: number, total: number): UpscaleError => ({
  _tag: "Aborted",
  done,
  total,
  message: `stopped after ${done} of ${total} tiles`,
});

export const notFinite = (model: string, tile: Rectangle): UpscaleError => ({
  _tag: "NotFinite",
  tile,
  message:
    `the model ${model} gave numbers that are not finite at ${tile.x}, ${tile.y} of the picture; ` +
    "its weights are damaged or are not meant for this engine",
});

export const engineFailed = (engine: string, thrown: unknown): UpscaleError => {
  const failure = failureOf(thrown);
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  // A failure that the engine itself tells also says what to do.
  const advice = failure === null ? "; if memory ran out, a smaller tile needs less" : "";
  return {
    _tag: "EngineFailed",
    engine,
    reason: failure?.reason ?? "unknown",
    message: `the engine ${engine} failed: ${text}${advice}`,
  };
};

export const refuseOption = (
  option: "seed" | "tile" | "steps",
  found: unknown,
  allowed: string,
): E.Either<UpscaleError, never> =>
  E.left({
    _tag: "InvalidOption",
    option,
    found,
    allowed,
    message: `${option} is ${String(found)}; allowed: ${allowed}`,
  });

const invalidPicture = (message: string): E.Either<UpscaleError, never> =>
  E.left({ _tag: "InvalidPicture", message });

/** Refuses a picture without pixels, or whose colours or alpha are not as many as its size says. */
export const checkPicture = ({ width, height, data, alpha }: Picture): E.Either<UpscaleError, void> => {
  if (!isCount(width) || !isCount(height))
    return invalidPicture(`the picture is ${width} x ${height}; it must be 1 x 1 or larger`);
  if (alpha !== undefined && alpha.length !== width * height)
    return invalidPicture(
      `the picture's alpha has ${alpha.length} bytes; ${width} x ${height} pixels have ${width * height}`,
    );
  return data.length === width * height * 3
    ? E.right(undefined)
    : invalidPicture(
        `the picture has ${data.length} bytes; ${width} x ${height} pixels of red, green and blue are ${width * height * 3}`,
      );
};

/** The tile's side, `DEFAULT_TILE` if left out. */
export const checkTile = (tile: number = DEFAULT_TILE): E.Either<UpscaleError, number> =>
  isCount(tile) ? E.right(tile) : refuseOption("tile", tile, "a whole number from 1");

/** The schedule and the number of steps. The network's reach over all steps depends on this number. */
export interface Sampling {
  readonly seed: number;
  readonly tile: number;
  readonly steps: number;
  /** Its T is `steps`, except if `steps` is 1: then z_0 is predicted from z_T in one step. */
  readonly schedule: Schedule;
}

/** All T steps, some of them (respaced as in the published code), or one step from T. */
export const scheduleFor = (schedule: Schedule, steps: number): E.Either<UpscaleError, Schedule> =>
  steps === schedule.T || steps === 1
    ? E.right(schedule)
    : E.mapLeft(
        ({ allowed }: { allowed: string }): UpscaleError => ({
          _tag: "InvalidOption",
          option: "steps",
          found: steps,
          allowed,
          message: `steps is ${steps}; allowed: ${allowed}`,
        }),
      )(respace(schedule, steps));

type Sampled = Pick<Model, "schedule"> & { readonly description: { readonly steps: number } };

/** All but the picture, so that a wrong option is told before anything is read. */
export const checkSmallOptions = (
  { schedule, description }: Sampled,
  options: UpscaleOptions,
): E.Either<UpscaleError, Sampling> => {
  const { seed, tile = DEFAULT_TILE, steps = description.steps } = options;
  const source = noiseSource(seed, 0);
  if (E.isLeft(source)) return refuseOption("seed", seed, source.left.allowed);
  const checked = checkTile(tile);
  if (E.isLeft(checked)) return checked;
  if (!isCount(steps) || steps > schedule.T)
    return refuseOption(
      "steps",
      steps,
      `a whole number from 1 to ${schedule.T}, the steps of the model's schedule`,
    );
  return E.map((used: Schedule) => ({ seed, tile, steps, schedule: used }))(scheduleFor(schedule, steps));
};

export const checkRequest = (
  model: Sampled,
  picture: Picture,
  options: UpscaleOptions,
): E.Either<UpscaleError, Sampling> =>
  E.chain((sampling: Sampling) => E.map(() => sampling)(checkPicture(picture)))(
    checkSmallOptions(model, options),
  );
