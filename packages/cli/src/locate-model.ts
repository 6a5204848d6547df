/** Finds the folder of the model that the user names. */
import { findModel, shippedModels } from "@tadsr/files";
import type { ModelError } from "@tadsr/model";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, modelFailure } from "./failure.ts";
import { resolveIn, type Shell } from "./shell.ts";

/** A model's error on one line: the first of many wrong tensors, and how many more there are. */
export const modelLine = ({ message }: Pick<ModelError, "message">): Failure => {
  const [first = "", ...details] = message.split("\n").map((line) => line.trim());
  const [detail, ...others] = details;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return modelFailure(detail === undefined ? first : `${first} ${detail}${more}`);
};

/** The folder of a shipped model, or of one of the user's own, relative to the user's folder. */
export const locateModel =
  (shell: Shell, named: string): TE.TaskEither<Failure, string> =>
  async () => {
    const shipped = await shippedModels();
    const place = shipped.includes(named) ? named : resolveIn(shell, named);
    return TE.mapLeft(modelLine)(findModel(place))();
  };
