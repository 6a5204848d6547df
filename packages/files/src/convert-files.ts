/** Weights in another format, and the authors' two files as a model folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  AUTOENCODER_FILE,
  type ConvertError,
  type Converted,
  convertWeights,
  DESCRIPTION_FILE,
  type FloatType,
  fileUnwritable,
  type PaperDescription,
  type PaperFiles,
  type PaperModelError,
  type PaperModelOptions,
  WEIGHTS_FILE,
  weightFormatOf,
  writeDescription,
} from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { PlaceTaken } from "./check-place.ts";
import { describePaperFiles } from "./describe-files.ts";
import { type ReplaceOptions, refuseTaken, replaceFiles, writeInto } from "./replace-file.ts";
import { type WeightFile, weightsOnDisk } from "./weights.ts";

export interface ConvertFileOptions extends ReplaceOptions {
  /** The type to store floating-point numbers in. If left out they keep their type, except that F64 becomes F32. */
  readonly dtype?: FloatType;
}

const converted = (
  source: WeightFile,
  draft: string,
  target: string,
  { dtype }: Pick<ConvertFileOptions, "dtype">,
): TE.TaskEither<ConvertError, Converted> =>
  writeInto(
    () => draft,
    target,
    (sink) =>
      convertWeights(weightsOnDisk(source), sink, {
        format: weightFormatOf(target) ?? "safetensors",
        ...(dtype === undefined ? {} : { dtype }),
      }),
  );

/**
 * Writes one group of a file's tensors to another file, with one tensor in memory at a time. The target's name tells the
 * format (`weightFormatOf` of @tadsr/model); one that tells none gets safetensors.
 */
export const convertFile = (
  source: WeightFile,
  target: string,
  { dtype, ...options }: ConvertFileOptions,
): TE.TaskEither<ConvertError | PlaceTaken, Converted> =>
  replaceFiles(
    [target],
    options,
  )(([draft]) => converted(source, draft, target, dtype === undefined ? {} : { dtype }));

export interface MakeFolderOptions extends ConvertFileOptions {
  /** What the files do not tell of the model. */
  readonly choices?: Omit<PaperModelOptions, "edges">;
}

export interface MadeFolder {
  readonly description: PaperDescription;
  /** How many times larger the model makes a picture. */
  readonly factor: number;
  /** What was guessed about the files, one text each. */
  readonly assumed: readonly string[];
}

/**
 * Makes a model folder, which `describeFolder` reads, of a network's file and its autoencoder's. Nothing is written, and
 * no folder made, unless the two files belong together. The folder's three files are put in place together, or none is.
 */
export const makeModelFolder = (
  files: PaperFiles<WeightFile>,
  folder: string,
  { dtype, choices, ...options }: MakeFolderOptions,
): TE.TaskEither<PaperModelError | ConvertError | PlaceTaken, MadeFolder> => {
  const network = join(folder, WEIGHTS_FILE);
  const autoencoder = join(folder, AUTOENCODER_FILE);
  const json = join(folder, DESCRIPTION_FILE);
  const places = [network, autoencoder, json] as const;
  const copy = dtype === undefined ? {} : { dtype };
  return pipe(
    describePaperFiles(files, choices),
    TE.chainFirstW(() => refuseTaken(places, options.replace)),
    TE.chainFirstW(() =>
      TE.tryCatch(
        () => mkdir(folder, { recursive: true }),
        (thrown) => fileUnwritable(folder, thrown),
      ),
    ),
    TE.chainFirstW(({ description }) =>
      replaceFiles(
        places,
        options,
      )(([forNetwork, forAutoencoder, forJson]) =>
        pipe(
          converted(files.network, forNetwork, network, copy),
          TE.chain(() => converted(files.autoencoder, forAutoencoder, autoencoder, copy)),
          TE.chainW(() =>
            writeInto(
              () => forJson,
              json,
              (sink) => writeDescription(sink, description),
            ),
          ),
        ),
      ),
    ),
    TE.map(({ description, factor, assumed }) => ({ description, factor, assumed })),
  );
};
