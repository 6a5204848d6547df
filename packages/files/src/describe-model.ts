/** Finds the model of a name or a path: a shipped one, a folder, or a file of weights. Reads no weights. */
import {
  type DescribedModel,
  type PaperModelError,
  type PaperModelOptions,
  type PictureModel,
  publishedLike,
  type UnknownModel,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { describeNetworkFile, describePaperFiles, describePictureFile } from "./describe-files.ts";
import { isFile } from "./exists.ts";
import { describeFolder } from "./model-folder.ts";
import { findModel, shippedModels } from "./shipped-models.ts";
import { type WeightFile, weightsOnDisk } from "./weights.ts";

/** What a file of weights does not tell of its model. */
export interface ModelChoices extends Omit<PaperModelOptions, "edges"> {
  /** Which group of the file's tensors. */
  readonly group?: string;
  /** The file of the autoencoder on whose latents the file's network works. */
  readonly autoencoder?: string;
  /** A second file of a network of pictures, and the share of the sum that its weights have. */
  readonly mix?: { readonly file: string; readonly share: number };
}

/** A model, and where it was found. */
export type NamedModel = DescribedModel & { readonly from: "shipped" | "folder" | "file" };

/** The file's network works on an autoencoder's latents, and no autoencoder was named. */
export interface AutoencoderMissing {
  readonly _tag: "AutoencoderMissing";
  readonly file: string;
  /** What the authors call the file that is missing. */
  readonly usualName: string;
  readonly message: string;
}

export type DescribeError = PaperModelError | UnknownModel | AutoencoderMissing;

const autoencoderMissing = (file: string, usualName: string): AutoencoderMissing => ({
  _tag: "AutoencoderMissing",
  file,
  usualName,
  message: `${file}: it works on an autoencoder's latents; name that file, too (the authors call it ${usualName})`,
});

const ofPicture = (model: PictureModel, { mix }: ModelChoices): NamedModel => ({
  kind: "picture",
  from: "file",
  model:
    mix === undefined
      ? model
      : { ...model, mix: { file: weightsOnDisk({ file: mix.file }), share: mix.share } },
});

const ofPaperFiles = (
  network: WeightFile,
  { autoencoder, group: _group, mix: _mix, ...options }: ModelChoices,
): TE.TaskEither<DescribeError, NamedModel> => {
  if (autoencoder !== undefined)
    return pipe(
      describePaperFiles({ network, autoencoder: { file: autoencoder } }, options),
      TE.map((model): NamedModel => ({ kind: "paper", from: "file", model })),
    );
  const { config: _config, ...overrides } = options;
  return pipe(
    describeNetworkFile(network, overrides),
    TE.chainW(({ config }) =>
      TE.left(autoencoderMissing(network.file, publishedLike(config).files.autoencoder)),
    ),
  );
};

const ofFile = (file: string, choices: ModelChoices): TE.TaskEither<DescribeError, NamedModel> => {
  const weights = { file, ...(choices.group === undefined ? {} : { path: choices.group }) };
  return pipe(
    describePictureFile(weights),
    TE.chainW((picture) =>
      picture === null ? ofPaperFiles(weights, choices) : TE.right(ofPicture(picture, choices)),
    ),
  );
};

/** A shipped name goes before a path of the same name. Choices that do not concern the model are ignored. */
export const describeModel =
  (nameOrPath: string, choices: ModelChoices = {}): TE.TaskEither<DescribeError, NamedModel> =>
  async () => {
    const isShipped = (await shippedModels()).includes(nameOrPath);
    if (!isShipped && (await isFile(nameOrPath))) return ofFile(nameOrPath, choices)();
    const folder = await findModel(nameOrPath)();
    if (E.isLeft(folder)) return folder;
    const from = isShipped ? "shipped" : "folder";
    return E.map((described: DescribedModel): NamedModel => ({ ...described, from }))(
      await describeFolder(folder.right)(),
    );
  };
