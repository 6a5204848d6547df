/** From a described model to one of its parts, with the weights of that part. */
import {
  type CannotMix,
  type DescribedModel,
  type Model,
  type PaperModel,
  type PaperModelError,
  type PictureModel,
  pictureModelName,
  readSmallModel,
  type SmallModel,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { noTimeInput, type PartError, severalSteps, unknownPart } from "./errors.ts";
import { AUTHORS_LICENCE, type Described, OWN_LICENCE } from "./metadata.ts";
import { chainPart, decoderPart, encoderPart, paperNetworkPart } from "./paper-parts.ts";
import type { Part, PartName } from "./part.ts";
import { picturePart } from "./picture-part.ts";
import { smallNetworkPart, stepPart } from "./small-parts.ts";
import { type NamedWeights, ofFile, ofHost, ofMix, together } from "./weights.ts";

/** A part with its weights, ready to become a file of any size and number type. */
export interface LoadedPart extends Described {
  readonly part: Part;
  /** Of the arrays that hold weights. */
  readonly names: NamedWeights["names"];
  /** What was guessed about a file, one text each. */
  readonly assumed: readonly string[];
}

export interface PartChoice {
  /** By default the model's usual part. */
  readonly part?: PartName;
  /** Whether the time of a one-step model's network is an input. With several steps it always is. */
  readonly openTime?: boolean;
}

/** The parts of each kind of model. The first makes a picture of a picture, for models of one step. */
const PARTS = {
  small: ["step", "network"],
  paper: ["chain", "network", "encoder", "decoder"],
  picture: ["network"],
} as const satisfies Readonly<Record<DescribedModel["kind"], readonly PartName[]>>;

export interface ModelParts {
  /** The model's name. */
  readonly model: string;
  readonly steps: number;
  readonly parts: readonly PartName[];
  /** The part that is exported if none is named: a whole step of a one-step model, else its network. */
  readonly usual: PartName;
}

/** What a model can be exported as. */
export const partsOf = ({ kind, model }: DescribedModel): ModelParts => {
  const { name, steps } =
    kind === "picture" ? { name: pictureModelName(model), steps: 1 } : model.description;
  const [ofOneStep, ...others] = PARTS[kind];
  const parts = [ofOneStep, ...others];
  // A model of several steps has no part that is one step.
  return {
    model: name,
    steps,
    parts: steps === 1 ? parts : others,
    usual: steps === 1 ? ofOneStep : "network",
  };
};

/** The part that is meant, or why there is no such part. */
const chosenPart = (
  described: DescribedModel,
  { part, openTime }: PartChoice,
): E.Either<PartError, PartName> => {
  const { kind } = described;
  const { model, steps, usual } = partsOf(described);
  const parts: readonly PartName[] = PARTS[kind];
  const [ofOneStep] = PARTS[kind];
  const chosen = part ?? usual;
  if (!parts.includes(chosen)) return E.left(unknownPart(model, chosen, parts));
  if (chosen === ofOneStep && steps !== 1) return E.left(severalSteps(model, chosen, steps));
  if (openTime === true && (kind === "picture" || chosen !== "network"))
    return E.left(noTimeInput(model, chosen, kind !== "picture"));
  return E.right(chosen);
};

type Loading = TE.TaskEither<PaperModelError | CannotMix, LoadedPart>;

const ofSmall = (described: SmallModel, chosen: PartName): Loading =>
  pipe(
    readSmallModel(described),
    TE.map((model: Model): LoadedPart => {
      const { terms, names } = ofHost(model.network.parameters, model.weights);
      const part = chosen === "step" ? stepPart(model, terms) : smallNetworkPart(model, terms);
      return { part, names, description: model.description, licence: OWN_LICENCE, assumed: [] };
    }),
  );

/** Reads only the files that the part needs. */
const ofPaper = (model: PaperModel, chosen: PartName, openTime: boolean): Loading => {
  const { description, files, network, autoencoder, assumed } = model;
  const needed = [
    ...(chosen === "chain" || chosen === "network" ? [ofFile(files.network, network.parameters)] : []),
    ...(chosen === "network" ? [] : [ofFile(files.autoencoder, autoencoder.parameters)]),
  ];
  const isTimeOpen = openTime || description.steps !== 1;
  return pipe(
    TE.sequenceSeqArray(needed),
    TE.map((all): LoadedPart => {
      const { terms, names } = together(all);
      const makers: Readonly<Record<Exclude<PartName, "step">, () => Part>> = {
        encoder: () => encoderPart(model, terms),
        decoder: () => decoderPart(model, terms),
        network: () => paperNetworkPart(model, terms, isTimeOpen),
        chain: () => chainPart(model, terms),
      };
      const part = makers[chosen as Exclude<PartName, "step">]();
      return { part, names, description, licence: AUTHORS_LICENCE, assumed };
    }),
  );
};

const ofPicture = (model: PictureModel): Loading => {
  const { config, file, mix, network } = model;
  const weights: TE.TaskEither<PaperModelError | CannotMix, NamedWeights> =
    mix === null ? ofFile(file, network.parameters) : ofMix(file, mix, network.parameters);
  return pipe(
    weights,
    TE.map(({ terms, names }): LoadedPart => {
      const description = { name: pictureModelName(model), network: config };
      return { part: picturePart(model, terms), names, description, licence: AUTHORS_LICENCE, assumed: [] };
    }),
  );
};

/**
 * Chooses a part of a model and reads the weights that it needs; they stay in memory. `licence` of the result is what
 * the file will say of the weights: change it if you know more.
 */
export const readPart = (
  described: DescribedModel,
  choice: PartChoice = {},
): TE.TaskEither<PartError, LoadedPart> =>
  pipe(
    TE.fromEither(chosenPart(described, choice)),
    TE.chainW((chosen): Loading => {
      switch (described.kind) {
        case "small":
          return ofSmall(described.model, chosen);
        case "paper":
          return ofPaper(described.model, chosen, choice.openTime === true);
        case "picture":
          return ofPicture(described.model);
      }
    }),
  );
