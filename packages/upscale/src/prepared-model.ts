/** A model between its description and an engine. */
import type { Engine } from "@tadsr/core";
import type { FinishedTiles, Picture, UpscaleError } from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { bleedColour } from "./bleed-colour.ts";
import type { Room } from "./fitting-tile.ts";
import { upscaleAlpha } from "./upscale-alpha.ts";
import type { OpenUpscalerError, Settings, UpscaleRequest, Upscaler, UpscalerOptions } from "./upscaler.ts";

/** A model whose options were checked. */
export interface PreparedModel {
  /** Puts it on an engine, which is the same for all of its pictures. */
  readonly open: <T>(engine: Engine<T>) => TE.TaskEither<OpenUpscalerError, Upscaler>;
}

const USUAL_MEMORY = 2 ** 31;

/** The engine's own figures, and the memory of the process. */
export const roomOn = <T>({ memory, isSlow }: Engine<T>, options: UpscalerOptions): Room => ({
  engine: {
    ...(memory === undefined ? {} : { memory }),
    ...(isSlow === undefined ? {} : { isSlow }),
  },
  bytes: options.memory ?? USUAL_MEMORY,
});

/** The common part of the three kinds' own upscalers. They know colours only. */
interface ColourUpscaler<O> {
  readonly factor: number;
  readonly upscale: (picture: Picture, options: O) => TE.TaskEither<UpscaleError, Picture>;
  readonly tiles: (picture: Picture, options: O) => FinishedTiles;
  readonly close: () => void;
}

/** Gives an upscaler the settings of all pictures and the request of each, and takes care of alpha. */
export const withSettings = <S extends Settings>(
  { factor, upscale, tiles, close }: ColourUpscaler<S & UpscaleRequest>,
  settings: S,
): Pick<Upscaler, "factor" | "settings" | "upscale" | "tiles" | "close"> => ({
  factor,
  settings,
  upscale: (picture, request = {}) =>
    pipe(
      upscale(bleedColour(picture), { ...settings, ...request }),
      TE.map((larger) => {
        const { alpha } = picture;
        return alpha === undefined ? larger : { ...larger, alpha: upscaleAlpha(alpha, picture, factor) };
      }),
    ),
  tiles: (picture, request = {}) => tiles(bleedColour(picture), { ...settings, ...request }),
  close,
});
