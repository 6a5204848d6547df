/** Finds the model that the options name, and refuses options that do not concern it. */
import {
  type DescribeError,
  describeModel,
  type ModelChoices,
  type NamedModel,
  shippedModels,
} from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, modelLine, usageFailure } from "../failure.ts";
import { resolveIn, type Shell } from "../shell.ts";
import { DEFAULT_MODEL, type NetworkOptions } from "./options.ts";

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

/** Options about the content of a file. In a folder, model.json tells that. */
const OF_FILES = FLAGS.slice(0, 6);

/** Options that do not concern a network of pictures, which draws nothing. Its file may have groups. */
const OF_SAMPLING: Flags = [
  ["steps", "--steps"],
  ["seed", "--seed"],
  ...FLAGS.filter(([key]) => key !== "group"),
];

/** A seed that nobody gave. */
const DEFAULT_SEED = 0;

/** Flags that do not concern the model, and why. The first group is looked at first. */
const useless = (model: NamedModel, named: string): readonly (readonly [Flags, string])[] => {
  if (model.kind === "picture") {
    const { name, config } = model.model;
    const network = `it is a network (${config.kind}) that draws no noise and takes one step`;
    return [[OF_SAMPLING, `has no meaning for ${name}: ${network}`]];
  }
  if (model.kind === "small")
    return [
      [FLAGS, `is for the paper's models; ${named} is one of the small family`],
      [MIX, `is for Real-ESRGAN's networks; ${named} is one of the small family`],
    ];
  return model.from === "file"
    ? [[MIX, `is for Real-ESRGAN's networks; ${named} is none of them`]]
    : [[[...OF_FILES, ...MIX], `is for a file of weights; ${named} is a folder, which says it itself`]];
};

const refuseUseless = (
  model: NamedModel,
  named: string,
  { seed, ...options }: NetworkOptions,
): E.Either<Failure, NamedModel> => {
  const given: Partial<NetworkOptions> = seed === DEFAULT_SEED ? options : { ...options, seed };
  for (const [flags, why] of useless(model, named)) {
    const stray = flags.find(([key]) => given[key] !== undefined);
    if (stray !== undefined) return E.left(usageFailure(`${stray[1]} ${why}`));
  }
  return E.right(model);
};

const choicesOf = (shell: Shell, options: NetworkOptions): ModelChoices => {
  const { group, autoencoder, config, imageSize, window, headChannels, mix } = options;
  return {
    ...(group === undefined ? {} : { group }),
    ...(autoencoder === undefined ? {} : { autoencoder: resolveIn(shell, autoencoder) }),
    ...(config === undefined ? {} : { config }),
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(window === undefined ? {} : { window }),
    ...(headChannels === undefined ? {} : { headChannels }),
    ...(mix === undefined ? {} : { mix: { ...mix, file: resolveIn(shell, mix.file) } }),
  };
};

/** An error of describing the model, in the command's words. */
export const describeFailure =
  (named: string) =>
  (error: DescribeError): Failure =>
    error._tag === "AutoencoderMissing"
      ? usageFailure(
          `--model ${named} works on an autoencoder's latents; give that with --autoencoder ` +
            `(the authors call it ${error.usualName})`,
        )
      : modelLine(error);

/** Reads the description of the model, and no weights. */
export const findAnyModel =
  (shell: Shell, options: NetworkOptions): TE.TaskEither<Failure, NamedModel> =>
  async () => {
    const named = options.model ?? DEFAULT_MODEL;
    const isShipped = (await shippedModels()).includes(named);
    const found = await describeModel(
      isShipped ? named : resolveIn(shell, named),
      choicesOf(shell, options),
    )();
    return E.isLeft(found)
      ? E.left(describeFailure(named)(found.left))
      : refuseUseless(found.right, named, options);
  };
