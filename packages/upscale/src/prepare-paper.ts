/** A model of the paper's kind between its description and an engine. */
import { checkPaperOptions, openPaperUpscaler, type PaperModel, parameterCount } from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { fittingPaperTile } from "./fitting-tile.ts";
import { paperWork } from "./paper-tile-cost.ts";
import { type PreparedModel, roomOn, withSettings } from "./prepared-model.ts";
import type { OpenUpscalerError, Upscaler, UpscalerOptions } from "./upscaler.ts";

/** Its weights go from the file to the engine, one tensor after another. */
export const preparePaper = (
  model: PaperModel,
  options: UpscalerOptions,
): TE.TaskEither<OpenUpscalerError, PreparedModel> =>
  pipe(
    TE.fromEither(checkPaperOptions(model, { ...options, seed: options.seed ?? 0 })),
    TE.map(({ seed, steps, sampler, colourCorrection }) => ({
      open: (engine) => {
        const tile = options.tile ?? fittingPaperTile(model, roomOn(engine, options));
        const settings = { seed, steps, tile, sampler, colourCorrection };
        return pipe(
          openPaperUpscaler(engine, model),
          TE.map(
            (upscaler): Upscaler => ({
              ...withSettings(upscaler, settings),
              name: model.description.name,
              parameters: parameterCount([...model.network.parameters, ...model.autoencoder.parameters]),
              work: (picture, total) => paperWork(model, picture, tile, steps, total),
            }),
          ),
        );
      },
    })),
  );
