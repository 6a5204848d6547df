/** A model of any kind on an engine. */
import type { Engine } from "@tadsr/core";
import type { DescribedModel } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import { preparePaper } from "./prepare-paper.ts";
import { preparePicture } from "./prepare-picture.ts";
import { prepareSmall } from "./prepare-small.ts";
import type { PreparedModel } from "./prepared-model.ts";
import type { OpenUpscalerError, Upscaler, UpscalerOptions } from "./upscaler.ts";

/** Checks the options, so that a wrong one is an error before an engine is opened. */
export const prepareModel = (
  described: DescribedModel,
  options: UpscalerOptions = {},
): TE.TaskEither<OpenUpscalerError, PreparedModel> => {
  switch (described.kind) {
    case "small":
      return prepareSmall(described.model, options);
    case "paper":
      return preparePaper(described.model, options);
    case "picture":
      return preparePicture(described.model, options);
  }
};

/** Reads the weights and puts them on the engine, for any number of pictures one after another. */
export const openUpscaler = <T>(
  engine: Engine<T>,
  described: DescribedModel,
  options: UpscalerOptions = {},
): TE.TaskEither<OpenUpscalerError, Upscaler> =>
  TE.chain(({ open }: PreparedModel) => open(engine))(prepareModel(described, options));
