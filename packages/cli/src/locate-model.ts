/** Finds the folder of the model that the user names. */
import { findModel, shippedModels } from "@tadsr/files";
import type { ModelError } from "@tadsr/model";
import { onOneLine } from "@tadsr/model/file-reason";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, modelFailure } from "./failure.ts";
import { resolveIn, type Shell } from "./shell.ts";

/** A model's error on one line. */
export const modelLine = (error: Pick<ModelError, "message">): Failure => modelFailure(onOneLine(error));

/** The folder of a shipped model, or of one of the user's own, relative to the user's folder. */
export const locateModel =
  (shell: Shell, named: string): TE.TaskEither<Failure, string> =>
  async () => {
    const shipped = await shippedModels();
    const place = shipped.includes(named) ? named : resolveIn(shell, named);
    return TE.mapLeft(modelLine)(findModel(place))();
  };
