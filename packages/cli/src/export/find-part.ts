/** From what the user names to the part that is exported, with its weights. */
import { type PaperModel, type PictureModel, readSmallModel, type SmallModel } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type Failure, usageFailure } from "../failure.ts";
import { modelLine } from "../locate-model.ts";
import type { Shell } from "../shell.ts";
import { findAnyModel } from "../upscale/find-model.ts";
import type { Described, Origin } from "./metadata.ts";
import type { ExportOptions, PartName } from "./options.ts";
import { chainPart, decoderPart, encoderPart, paperNetworkPart } from "./paper-parts.ts";
import type { Part } from "./part.ts";
import { picturePart } from "./picture-part.ts";
import { smallNetworkPart, stepPart } from "./small-parts.ts";
import { type NamedWeights, ofFile, ofHost, together } from "./weights.ts";

export interface FoundPart extends Pick<Described, "description" | "origin"> {
  readonly part: Part;
  /** Of the arrays that hold weights. */
  readonly names: NamedWeights["names"];
  /** What was guessed about a file, one text each. */
  readonly assumed: readonly string[];
}

type PartOptions = Pick<ExportOptions, "part" | "openTime">;

/** The parts of each kind of model. The first is only for models of one step. */
const PARTS = {
  small: ["step", "network"],
  paper: ["chain", "network", "encoder", "decoder"],
  picture: ["network"],
} as const satisfies Readonly<Record<string, readonly PartName[]>>;

/** The part that the user means, or why there is no such part. */
const chosenPart = (
  kind: keyof typeof PARTS,
  { name, steps }: { readonly name: string; readonly steps: number },
  { part, openTime }: PartOptions,
): E.Either<Failure, PartName> => {
  const parts: readonly PartName[] = PARTS[kind];
  const [ofOneStep] = PARTS[kind];
  const chosen = part ?? (steps === 1 ? ofOneStep : "network");
  if (!parts.includes(chosen))
    return E.left(usageFailure(`--part ${chosen}: ${name} has none; its parts are ${parts.join(", ")}`));
  if (chosen === ofOneStep && steps !== 1)
    return E.left(
      usageFailure(
        `--part ${chosen} is one step, but ${name} takes ${steps}: export --part network, which has the time as an input`,
      ),
    );
  if (openTime === true && kind === "picture")
    return E.left(usageFailure(`--open-time: ${name} is a network without time; leave --open-time out`));
  if (openTime === true && chosen !== "network")
    return E.left(usageFailure(`--open-time is for --part network; a ${chosen} has its time built in`));
  return E.right(chosen);
};

const smallPart = async (
  described: SmallModel,
  origin: Origin,
  options: PartOptions,
): Promise<E.Either<Failure, FoundPart>> => {
  const loaded = await TE.mapLeft(modelLine)(readSmallModel(described))();
  if (E.isLeft(loaded)) return loaded;
  const model = loaded.right;
  const { description, network } = model;
  return E.map((name: PartName): FoundPart => {
    const { terms, names } = ofHost(network.parameters, model.weights);
    const part = name === "step" ? stepPart(model, terms) : smallNetworkPart(model, terms);
    return { part, names, description, origin, assumed: [] };
  })(chosenPart("small", description, options));
};

/** Reads only the files that the part needs. */
const paperPart = async (model: PaperModel, options: PartOptions): Promise<E.Either<Failure, FoundPart>> => {
  const { description, files, network, autoencoder, assumed } = model;
  const chosen = chosenPart("paper", description, options);
  if (E.isLeft(chosen)) return chosen;
  const name = chosen.right;
  const needed = [
    ...(name === "chain" || name === "network" ? [ofFile(files.network, network.parameters)] : []),
    ...(name === "network" ? [] : [ofFile(files.autoencoder, autoencoder.parameters)]),
  ];
  const weights = await TE.mapLeft(modelLine)(TE.sequenceSeqArray(needed))();
  return E.map((all: readonly NamedWeights[]): FoundPart => {
    const { terms, names } = together(all);
    const isTimeOpen = options.openTime === true || description.steps !== 1;
    const makers: Readonly<Record<Exclude<PartName, "step">, () => Part>> = {
      encoder: () => encoderPart(model, terms),
      decoder: () => decoderPart(model, terms),
      network: () => paperNetworkPart(model, terms, isTimeOpen),
      chain: () => chainPart(model, terms),
    };
    const part = makers[name as Exclude<PartName, "step">]();
    return { part, names, description, origin: "paper", assumed };
  })(weights);
};

const pictureNetworkPart = async (
  model: PictureModel,
  options: PartOptions,
): Promise<E.Either<Failure, FoundPart>> => {
  const { name, config, file, network } = model;
  const chosen = chosenPart("picture", { name, steps: 1 }, options);
  if (E.isLeft(chosen)) return chosen;
  const weights = await TE.mapLeft(modelLine)(ofFile(file, network.parameters))();
  return E.map(({ terms, names }: NamedWeights): FoundPart => {
    const part = picturePart(model, terms);
    return { part, names, description: { name, network: config }, origin: "others", assumed: [] };
  })(weights);
};

export const findPart =
  (shell: Shell, named: string, options: ExportOptions): TE.TaskEither<Failure, FoundPart> =>
  async () => {
    const { autoencoder, config, group, imageSize, window, headChannels } = options;
    const found = await findAnyModel(shell, {
      ...{ model: named, seed: 0, runtime: "auto" },
      ...(autoencoder === undefined ? {} : { autoencoder }),
      ...(config === undefined ? {} : { config }),
      ...(group === undefined ? {} : { group }),
      ...(imageSize === undefined ? {} : { imageSize }),
      ...(window === undefined ? {} : { window }),
      ...(headChannels === undefined ? {} : { headChannels }),
    })();
    if (E.isLeft(found)) return found;
    const { kind, model, from } = found.right;
    if (kind === "paper") return paperPart(model, options);
    if (kind === "picture") return pictureNetworkPart(model, options);
    return smallPart(model, from === "shipped" ? "shipped" : "small", options);
  };
