/** Models of the paper's kind, from the authors' files alone or with a model.json. */
import { makeSchedule, type Schedule } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Architecture, InferenceOptions } from "../inference/architecture.ts";
import { MODEL_FORMAT } from "../model-description.ts";
import { type VqAutoencoder, vqAutoencoder } from "../networks/autoencoder/autoencoder.ts";
import type { ConditionedNetwork } from "../networks/network.ts";
import { type PublishedModel, type PublishedName, publishedModels } from "../networks/published.ts";
import { swinUNet } from "../networks/swin-unet.ts";
import { conditionLevels, type SwinUNetConfig } from "../networks/swin-unet-config.ts";
import { mismatched, type PaperModelError, wrongNetwork } from "./errors.ts";
import { alignmentOf, factorOfPair, faultOfPair, latentStride } from "./pairing.ts";
import { decodePaperDescription, type PaperDescription } from "./paper-description.ts";
import { architectureOf, type WeightSource } from "./weight-source.ts";

export const AUTOENCODER_FILE = "autoencoder.safetensors";

/** The files with the weights of the two networks. */
export interface PaperFiles<A = WeightSource> {
  readonly network: A;
  readonly autoencoder: A;
}

/** What is known of a model before its weights are read. */
export interface PaperModel {
  readonly description: PaperDescription;
  readonly files: PaperFiles;
  readonly schedule: Schedule;
  readonly network: ConditionedNetwork;
  readonly autoencoder: VqAutoencoder;
  /** The result is this many times wider and higher. */
  readonly factor: number;
  /** Sides of the networks' inputs, in LR pixels, are multiples of this. */
  readonly alignment: number;
  /** LR pixels for each pixel of the latent, per side. */
  readonly stride: number;
  /** What the files do not tell and was assumed to be as published, one text each. */
  readonly assumed: readonly string[];
}

const modelOf = (
  files: PaperFiles,
  description: PaperDescription,
  assumed: readonly string[],
): E.Either<PaperModelError, PaperModel> =>
  pipe(
    makeSchedule(description.schedule),
    E.bimap(
      ({ message }): PaperModelError => mismatched(`${description.name}: ${message}`),
      (schedule): PaperModel => ({
        description,
        files,
        schedule,
        network: swinUNet(description.network),
        autoencoder: vqAutoencoder(description.latent.autoencoder),
        factor: factorOfPair(description.network, description.latent.autoencoder),
        alignment: alignmentOf(description.network),
        stride: latentStride(description.network),
        assumed,
      }),
    ),
  );

/** For a file of the wrong kind: what it is, and how to use it. */
const REMARKS: Readonly<Record<Architecture["kind"], string>> = {
  "swin-unet": "a UNet with Swin layers: give it as the model",
  "vq-autoencoder": "a VQ autoencoder: give it as the autoencoder",
  discriminator: "a discriminator, which only training needs",
  "residual-unet": "a network of tadsr's small family: give the folder with its model.json",
  stack: "a network of tadsr's small family: give the folder with its model.json",
  srvgg: "a network of Real-ESRGAN's, which takes and gives pictures: give it alone as the model",
  rrdb: "a network of Real-ESRGAN's, which takes and gives pictures: give it alone as the model",
};

const demand =
  <K extends Architecture["kind"]>(file: string, kind: K, wanted: string) =>
  (architecture: Architecture): E.Either<PaperModelError, Extract<Architecture, { kind: K }>> =>
    architecture.kind === kind
      ? E.right(architecture as Extract<Architecture, { kind: K }>)
      : E.left(wrongNetwork(file, `expected ${wanted}, found ${REMARKS[architecture.kind]}`));

const hasPyramid = (network: SwinUNetConfig): boolean => conditionLevels(network) > 0;

/** A teacher and its students have the same tensors, so this is only a guess: one step, as in the paper. */
const guessOf = (network: SwinUNetConfig): PublishedName => (hasPyramid(network) ? "faceir-s4" : "tad-sr-s1");

/** The authors' names for the file of this network and for its autoencoder's. */
export const publishedLike = (network: SwinUNetConfig): PublishedModel => publishedModels[guessOf(network)];

export interface PaperModelOptions
  extends Pick<InferenceOptions, "imageSize" | "window" | "headChannels" | "edges"> {
  /** Schedule, steps and sampler are those of this published model; guessed if left out. */
  readonly config?: PublishedName;
}

const faultOfConfig = (
  file: string,
  network: SwinUNetConfig,
  config: PublishedModel,
): PaperModelError | null => {
  const [found, expected] = [hasPyramid(network), hasPyramid(config.network)];
  if (found === expected) return null;
  const text = (has: boolean): string => (has ? "a pyramid for the LR picture" : "no pyramid");
  return mismatched(
    `${file}: it has ${text(found)}, and ${config.name} is a network with ${text(expected)}; ` +
      `use a configuration such as ${guessOf(network)}`,
  );
};

/** The UNet of a file. Only the file's header is read. */
export const describeNetworkFile = (
  weights: WeightSource,
  overrides: Omit<PaperModelOptions, "config"> = {},
): TE.TaskEither<PaperModelError, Extract<Architecture, { kind: "swin-unet" }>> =>
  pipe(
    architectureOf(weights, overrides),
    TE.chainEitherKW(demand(weights.file.name, "swin-unet", "a UNet with Swin layers")),
  );

/** The model of two files. Only their headers are read. */
export const describePaperFiles = (
  files: PaperFiles,
  { config, ...overrides }: PaperModelOptions = {},
): TE.TaskEither<PaperModelError, PaperModel> => {
  const { network: networkFile, autoencoder: autoencoderFile } = files;
  return pipe(
    TE.Do,
    TE.bindW("network", () => describeNetworkFile(networkFile, overrides)),
    TE.bindW("autoencoder", () =>
      pipe(
        architectureOf(autoencoderFile),
        TE.chainEitherKW(demand(autoencoderFile.file.name, "vq-autoencoder", "a VQ autoencoder")),
      ),
    ),
    TE.chainEitherKW(({ network, autoencoder }): E.Either<PaperModelError, PaperModel> => {
      const published = publishedModels[config ?? guessOf(network.config)];
      const fault = faultOfConfig(networkFile.file.name, network.config, published);
      if (fault !== null) return E.left(fault);
      const unpaired = faultOfPair(network.config, autoencoder.config);
      if (unpaired !== null)
        return E.left(
          mismatched(
            `${networkFile.file.name} and ${autoencoderFile.file.name} do not belong together: ${unpaired.key}: ` +
              `found ${unpaired.found}, expected ${unpaired.expected}`,
          ),
        );
      const { name, schedule, steps, sampler } = published;
      const description: PaperDescription = {
        format: MODEL_FORMAT,
        name,
        latent: { kind: "vq", autoencoder: autoencoder.config },
        schedule,
        network: network.config,
        steps,
        sampler,
      };
      const guessed = config === undefined ? [`${name} (teachers and students have the same tensors)`] : [];
      // The latent has as many channels as the autoencoder's: this was checked before.
      const open = network.assumed.filter((field) => field !== "latentChannels");
      return modelOf(files, description, [...guessed, ...open]);
    }),
  );
};

/** The model of a model.json that was parsed and is called `name`, and of two files of weights. */
export const paperModelOf = (
  name: string,
  value: unknown,
  files: PaperFiles,
): E.Either<PaperModelError, PaperModel> =>
  E.chainW((checked: PaperDescription) => modelOf(files, checked, []))(decodePaperDescription(name, value));
