/** A network that makes a picture of a picture, between its description and an engine. */
import {
  checkTile,
  openPictureUpscaler,
  type PictureModel,
  parameterCount,
  pictureModelName,
} from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { fittingPictureTile } from "./fitting-tile.ts";
import { pictureWork } from "./picture-tile-cost.ts";
import { type PreparedModel, roomOn, withSettings } from "./prepared-model.ts";
import type { OpenUpscalerError, Upscaler, UpscalerOptions } from "./upscaler.ts";

/** It draws no noise and takes one step: seed and steps have no meaning for it. */
export const preparePicture = (
  model: PictureModel,
  options: UpscalerOptions,
): TE.TaskEither<OpenUpscalerError, PreparedModel> =>
  pipe(
    TE.fromEither(checkTile(options.tile)),
    TE.map(() => ({
      open: (engine) => {
        const tile = options.tile ?? fittingPictureTile(model.network, roomOn(engine, options));
        return pipe(
          openPictureUpscaler(engine, model),
          TE.map(
            (upscaler): Upscaler => ({
              ...withSettings(upscaler, { tile }),
              name: pictureModelName(model),
              parameters: parameterCount(model.network.parameters),
              work: (picture) => pictureWork(model.network, picture, tile),
            }),
          ),
        );
      },
    })),
  );
