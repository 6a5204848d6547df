/** A model of any kind before its weights are read. */
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile } from "./bytes/byte-file.ts";
import { parseDescription, type SmallModel, smallModelOf } from "./model.ts";
import type { PaperModelError } from "./paper/errors.ts";
import { isPaperDescription } from "./paper/paper-description.ts";
import { type PaperFiles, type PaperModel, paperModelOf } from "./paper/paper-model.ts";
import type { PictureModel } from "./pictures/picture-model.ts";

export type DescribedModel =
  | { readonly kind: "small"; readonly model: SmallModel }
  | { readonly kind: "paper"; readonly model: PaperModel }
  | { readonly kind: "picture"; readonly model: PictureModel };

/** How many times wider and higher it makes a picture. */
export const factorOf = (described: DescribedModel): number => {
  switch (described.kind) {
    case "small":
      return described.model.description.latent.factor;
    case "paper":
      return described.model.factor;
    case "picture":
      return described.model.network.factor;
  }
};

/**
 * The model of a model.json, which tells its kind: the small family or the paper's. The files of weights are not opened.
 * The small family has no autoencoder and ignores that file.
 */
export const describeModel = (
  description: ByteFile,
  files: PaperFiles<ByteFile>,
): TE.TaskEither<PaperModelError, DescribedModel> =>
  pipe(
    parseDescription(description),
    TE.chainEitherKW((value) =>
      isPaperDescription(value)
        ? pipe(
            paperModelOf(description.name, value, {
              network: { file: files.network },
              autoencoder: { file: files.autoencoder },
            }),
            E.map((model): DescribedModel => ({ kind: "paper", model })),
          )
        : pipe(
            smallModelOf(description.name, value, files.network),
            E.map((model): DescribedModel => ({ kind: "small", model })),
          ),
    ),
  );
