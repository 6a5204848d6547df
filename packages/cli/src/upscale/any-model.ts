/** Which model is meant: of the small family, of the paper's kind, or one network alone; its weights are not read yet. */
import { stat } from "node:fs/promises";
import {
  describeNetworkFile,
  describePaperFiles,
  describePaperFolder,
  describePictureFile,
  loadDescription,
  shippedModels,
  type WeightFile,
  weightsOnDisk,
} from "@tadsr/files";
import { type PaperModel, type PaperModelError, type PictureModel, publishedLike } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, usageFailure } from "../failure.ts";
import { locateModel, modelLine } from "../locate-model.ts";
import { resolveIn, type Shell } from "../shell.ts";
import type { NetworkOptions } from "./options.ts";

/** The shipped model that is meant where none is named. */
export const DEFAULT_MODEL = "small-x4";

export type AnyModel = { readonly factor: number } & (
  | { readonly kind: "small"; readonly folder: string }
  | { readonly kind: "paper"; readonly model: PaperModel }
  | { readonly kind: "picture"; readonly model: PictureModel }
);

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

type Flags = readonly (readonly [keyof NetworkOptions, string])[];

const FLAGS: Flags = [
  ["autoencoder", "--autoencoder"],
  ["config", "--config"],
  ["group", "--group"],
  ["imageSize", "--image-size"],
  ["window", "--window"],
  ["headChannels", "--head-channels"],
  ["sampler", "--sampler"],
  ["colourCorrection", "--colour-correction"],
];

const MIX: Flags = [["mix", "--mix"]];

/** What is said of a file's content has no place where a folder's model.json says it. */
const OF_FILES = FLAGS.slice(0, 6);

/** What a network has no use for that gives the same picture of the same picture; its file may have groups. */
const OF_SAMPLING: Flags = [
  ["steps", "--steps"],
  ["seed", "--seed"],
  ...FLAGS.filter(([key]) => key !== "group"),
];

const stray = (options: Partial<NetworkOptions>, flags: Flags, why: string): E.Either<Failure, void> => {
  const found = flags.find(([key]) => options[key] !== undefined);
  return found === undefined ? E.right(undefined) : E.left(usageFailure(`${found[1]} ${why}`));
};

const asFailure = <A>(task: TE.TaskEither<PaperModelError, A>): TE.TaskEither<Failure, A> =>
  TE.mapLeft(modelLine)(task);

const ofPaper = (model: PaperModel): AnyModel => ({ kind: "paper", model, factor: model.factor });

/** The default seed is no request. */
const DEFAULT_SEED = 0;

const ofPicture = (
  shell: Shell,
  described: PictureModel,
  { seed, mix, ...options }: NetworkOptions,
): E.Either<Failure, AnyModel> => {
  const model: PictureModel =
    mix === undefined
      ? described
      : {
          ...described,
          mix: { file: weightsOnDisk({ file: resolveIn(shell, mix.file) }), share: mix.share },
        };
  return E.map((): AnyModel => ({ kind: "picture", model, factor: model.network.factor }))(
    stray(
      seed === DEFAULT_SEED ? options : { ...options, seed },
      OF_SAMPLING,
      `has no meaning for ${model.name}: it is a network (${model.config.kind}) that draws no noise and takes one step`,
    ),
  );
};

const ofPaperFile = (
  shell: Shell,
  weights: WeightFile,
  options: NetworkOptions,
): TE.TaskEither<Failure, AnyModel> => {
  const { autoencoder, config, imageSize, window, headChannels } = options;
  const { file } = weights;
  const overrides = {
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(window === undefined ? {} : { window }),
    ...(headChannels === undefined ? {} : { headChannels }),
  };
  if (autoencoder === undefined)
    return pipe(
      asFailure(describeNetworkFile(weights, overrides)),
      TE.chain(({ config: network }) =>
        TE.left(
          usageFailure(
            `--model ${options.model ?? file} works on an autoencoder's latents; give that with ` +
              `--autoencoder (the authors call it ${publishedLike(network).files.autoencoder})`,
          ),
        ),
      ),
    );
  const files = { network: weights, autoencoder: { file: resolveIn(shell, autoencoder) } };
  const mixed = stray(
    options,
    MIX,
    `is for Real-ESRGAN's networks; ${options.model ?? file} is none of them`,
  );
  if (E.isLeft(mixed)) return TE.left(mixed.left);
  return TE.map(ofPaper)(
    asFailure(describePaperFiles(files, { ...overrides, ...(config === undefined ? {} : { config }) })),
  );
};

const ofFile = (shell: Shell, file: string, options: NetworkOptions): TE.TaskEither<Failure, AnyModel> => {
  const { group } = options;
  const weights = { file, ...(group === undefined ? {} : { path: group }) };
  return pipe(
    asFailure(describePictureFile(weights)),
    TE.chain((picture) =>
      picture === null
        ? ofPaperFile(shell, weights, options)
        : TE.fromEither(ofPicture(shell, picture, options)),
    ),
  );
};

const ofFolder =
  (folder: string, named: string, options: NetworkOptions): TE.TaskEither<Failure, AnyModel> =>
  async () => {
    const described = await asFailure(describePaperFolder(folder))();
    if (E.isLeft(described)) return described;
    if (described.right !== null) {
      const strays = stray(
        options,
        [...OF_FILES, ...MIX],
        `is for a file of weights; ${named} is a folder, which says it itself`,
      );
      return E.map(() => ofPaper(described.right as PaperModel))(strays);
    }
    const strays = pipe(
      stray(options, FLAGS, `is for the paper's models; ${named} is one of the small family`),
      E.chain(() =>
        stray(options, MIX, `is for Real-ESRGAN's networks; ${named} is one of the small family`),
      ),
    );
    if (E.isLeft(strays)) return strays;
    const description = await TE.mapLeft(modelLine)(loadDescription(folder))();
    return E.map(
      (found: { readonly latent: { readonly factor: number } }): AnyModel => ({
        kind: "small",
        folder,
        factor: found.latent.factor,
      }),
    )(description);
  };

/** The model that the options name; of its files only what describes them is read. */
export const findAnyModel =
  (shell: Shell, options: NetworkOptions): TE.TaskEither<Failure, AnyModel> =>
  async () => {
    const named = options.model ?? DEFAULT_MODEL;
    const path = resolveIn(shell, named);
    const isShipped = (await shippedModels()).includes(named);
    if (!isShipped && (await isFile(path))) return ofFile(shell, path, options)();
    const folder = await locateModel(shell, named)();
    return E.isLeft(folder) ? folder : ofFolder(folder.right, named, options)();
  };
