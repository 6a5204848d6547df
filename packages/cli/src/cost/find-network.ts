/** A network from pictures to pictures, given by a published name or by its file. */
import { stat } from "node:fs/promises";
import { describePictureFile } from "@tadsr/files";
import {
  type PictureModel,
  type PictureNetwork,
  pictureNetwork,
  publishedPictureNetworks,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { PUBLISHED_NAMES } from "../convert/published-names.ts";
import { type Failure, usageFailure } from "../failure.ts";
import { modelLine } from "../locate-model.ts";
import { resolveIn, type Shell } from "../shell.ts";

const isPublished = (name: string): name is keyof typeof publishedPictureNetworks =>
  Object.hasOwn(publishedPictureNetworks, name);

const unknown = (named: string): Failure => {
  const names = [...PUBLISHED_NAMES, ...Object.keys(publishedPictureNetworks)];
  return usageFailure(`${named}: neither a published model (${names.join(", ")}) nor a file of weights`);
};

const networkOf = (named: string, model: PictureModel | null): E.Either<Failure, PictureNetwork> =>
  model !== null
    ? E.right(model.network)
    : E.left(
        usageFailure(
          `${named}: it is no network from pictures to pictures; for the paper's models give the ` +
            `published name (${PUBLISHED_NAMES.join(", ")})`,
        ),
      );

export const findPictureNetwork =
  (shell: Shell, named: string): TE.TaskEither<Failure, PictureNetwork> =>
  async () => {
    if (isPublished(named)) return E.right(pictureNetwork(publishedPictureNetworks[named]));
    const file = resolveIn(shell, named);
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!isFile) return E.left(unknown(named));
    return pipe(
      describePictureFile({ file }),
      TE.mapLeft(modelLine),
      TE.chainEitherK((model) => networkOf(named, model)),
    )();
  };
