/** Where an evaluation gets its engines: it imports no runtime, so its caller opens them. */
import type { Engine } from "@tadsr/core";
import type { NamedModel } from "@tadsr/files";
import type { Fault } from "@tadsr/metrics";
import type { Picture } from "@tadsr/model";
import {
  type OpenUpscalerError,
  prepareModel,
  type UpscaleRequest,
  type Upscaler,
  type UpscalerOptions,
} from "@tadsr/upscale";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";

/** A model on an engine. */
export interface OpenedModel extends Pick<Upscaler, "name" | "parameters" | "settings"> {
  /** The engine's name. */
  readonly runtime: string;
  readonly upscale: (
    small: Picture,
    request: Required<Pick<UpscaleRequest, "seed">>,
  ) => TE.TaskEither<Fault, Picture>;
  /** Releases the weights and the engine. */
  readonly close: () => Promise<void>;
}

/** How models and engines are opened. Each engine is closed by the evaluation. */
export interface Openers<E> {
  readonly model: (model: NamedModel, options: UpscalerOptions) => TE.TaskEither<E, OpenedModel>;
  /** The engine of the perceptual distance. */
  readonly engine: TE.TaskEither<E, Engine<unknown>>;
}

/**
 * Opens each model on an engine of its own. `memory` is the number of bytes that the process may use, by default 2 GiB.
 */
export const openersOn = <E>(
  engine: TE.TaskEither<E, Engine<unknown>>,
  memory?: number,
): Openers<E | OpenUpscalerError> => ({
  engine,
  model: (model, options) =>
    pipe(
      prepareModel(model, { ...(memory === undefined ? {} : { memory }), ...options }),
      TE.bindTo("prepared"),
      TE.bindW("opened", () => engine),
      TE.chainW(({ prepared, opened }) =>
        pipe(
          prepared.open(opened),
          TE.map(
            ({ name, parameters, settings, upscale, close }): OpenedModel => ({
              ...{ name, parameters, settings, upscale, runtime: opened.name },
              close: async () => {
                close();
                await opened.close();
              },
            }),
          ),
          TE.orElseFirstTaskK(() => () => opened.close()),
        ),
      ),
    ),
});
