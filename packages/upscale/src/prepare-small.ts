/** A model of the small family between its description and an engine. */
import {
  checkSmallOptions,
  openSmallUpscaler,
  parameterCount,
  readSmallModel,
  type SmallModel,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { fittingSmallTile } from "./fitting-tile.ts";
import { type PreparedModel, roomOn, withSettings } from "./prepared-model.ts";
import { smallWork } from "./small-tile-cost.ts";
import type { OpenUpscalerError, Upscaler, UpscalerOptions } from "./upscaler.ts";

/** Reads the weights, which are few: so a damaged file is an error before an engine is loaded. */
export const prepareSmall = (
  described: SmallModel,
  options: UpscalerOptions,
): TE.TaskEither<OpenUpscalerError, PreparedModel> =>
  pipe(
    TE.fromEither(checkSmallOptions(described, { ...options, seed: options.seed ?? 0 })),
    TE.bindTo("sampling"),
    TE.bindW("model", () => readSmallModel(described)),
    TE.map(({ sampling: { seed, steps }, model }) => ({
      open: (engine) => {
        const tile = options.tile ?? fittingSmallTile(model, steps, roomOn(engine, options));
        return pipe(
          openSmallUpscaler(engine, model),
          E.map(
            (upscaler): Upscaler => ({
              ...withSettings(upscaler, { seed, steps, tile }),
              name: model.description.name,
              parameters: parameterCount(model.network.parameters),
              work: (picture) => smallWork(model, picture, tile, steps),
            }),
          ),
          TE.fromEither,
        );
      },
    })),
  );
