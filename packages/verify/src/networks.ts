/** Finds which network an entry of the manifest describes, and which files hold the networks that entries name. */
import type { Engine, Predictor, Tensors } from "@tadsr/core";
import {
  type Architecture,
  type ConditionedNetwork,
  type DiscriminatorConfig,
  type HostWeights,
  inferArchitecture,
  lifetimesOf,
  readVqAutoencoderConfig,
  releasingAlgebra,
  swinUNetConfigOf,
  uploadWeights,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { type Folder, type ManifestFolder, stemOf, weightFiles } from "./folder.ts";
import { isNumbers, isObject, type JsonObject, numberOf, textOf } from "./json.ts";
import { unetOf } from "./unet-entry.ts";
import { surveyWeights, weightsOf } from "./weights-file.ts";

/** Why there is nothing to compare, or what is wrong. */
export type Unusable = { readonly absent: string } | { readonly broken: string };

export type Usable<A> = E.Either<Unusable, A>;

const because = ({ message }: { readonly message: string }): Unusable => ({ broken: message });

/** The authors' record of the discriminator: channels of the features, of the time and of the logits. */
export const discriminatorConfigOf = (record: JsonObject): Usable<DiscriminatorConfig> => {
  const { channels } = record;
  const [outputs, timeFeatures] = [numberOf(record, "c_dim"), numberOf(record, "embed_dim")];
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  return isNumbers(channels) && channels.every(isCount) && outputs !== undefined && isCount(outputs)
    ? timeFeatures !== undefined && isCount(timeFeatures)
      ? E.right({ kind: "discriminator", channels, timeFeatures, outputs, timeAware: true })
      : E.left({ broken: "the discriminator's embed_dim is not a whole number above 0" })
    : E.left({ broken: "the discriminator's channels or c_dim are not whole numbers above 0" });
};

/** From the tensors of the first file that determines everything that affects the result. */
const inferred = async (folder: Folder, files: readonly string[]): Promise<Usable<Architecture>> => {
  let reason: Unusable = { absent: "no file of its weights is there" };
  for (const file of files) {
    const survey = await surveyWeights(folder, file)();
    const found = E.isLeft(survey)
      ? E.left({ broken: survey.left })
      : E.mapLeft(because)(inferArchitecture(survey.right.shapes, { file }));
    if (E.isLeft(found)) reason = found.left;
    else {
      // How heads are weighted in a loss does not affect their logits.
      const open = found.right.assumed.filter((field) => field !== "strides");
      if (open.length === 0) return found;
      reason = {
        absent: `the manifest has no configuration, and the tensors do not tell ${open.join(", ")}`,
      };
    }
  }
  return E.left(reason);
};

/** A discriminator without unknown fields. */
const of = (config: Architecture["config"]): Architecture =>
  ({ kind: config.kind, config, assumed: [] }) as Architecture;

/** By the entry's configuration; if it has none, by its files' tensors. */
export const architectureOf = async (
  folder: Folder,
  name: string,
  entry: JsonObject,
  files: readonly string[],
): Promise<Usable<Architecture>> => {
  const config = isObject(entry.config) ? entry.config : null;
  const source = `manifest.json, ${name}`;
  if (config !== null && "ddconfig" in config)
    return E.bimap(because, of)(readVqAutoencoderConfig(source, config));
  if (config !== null && "model_channels" in config)
    return E.bimap(because, of)(swinUNetConfigOf(source, config));
  if (config !== null && "c_dim" in config) return E.map(of)(discriminatorConfigOf(config));
  return inferred(folder, files);
};

/** A network that predicts z_0, and its weights. */
export interface Predicting {
  readonly file: string;
  readonly network: ConditionedNetwork;
  readonly weights: HostWeights;
}

/**
 * The network that an entry names: another entry (`unet_a`) or a file (`student.pth`). Its configuration is that of its
 * entry, or else that of `like`. Its file is the first that can be read.
 */
export const predictingNetwork = async (
  folder: ManifestFolder,
  manifest: JsonObject,
  named: string,
  like: string | null,
): Promise<Usable<Predicting>> => {
  const isEntry = isObject(manifest[named]);
  const stem = isEntry ? named : stemOf(named);
  const files = folder.names.includes(named) ? [named] : weightFiles(folder, stem);
  const [file] = files;
  if (file === undefined) return E.left({ absent: `${isEntry ? `${named}.pth` : named} is not there` });
  const own = manifest[stem];
  const other = like === null ? undefined : manifest[stemOf(like)];
  const entry = isObject(own) ? own : isObject(other) ? other : {};
  const architecture = await architectureOf(folder, stem, entry, files);
  if (E.isLeft(architecture)) return architecture;
  const { kind, config } = architecture.right;
  if (kind !== "swin-unet" && kind !== "residual-unet" && kind !== "stack")
    return E.left({ broken: `${file} is a ${kind}, expected a network that predicts z_0` });
  const network = unetOf(config);
  const weights = await weightsOf(folder, file, network.parameters)();
  return E.isLeft(weights)
    ? E.left({ broken: weights.left })
    : E.right({ file, network, weights: weights.right });
};

/** The name of the network under a key of an entry, or why there is none. */
export const namedIn = (entry: JsonObject, key: string): Usable<string> => {
  const name = textOf(entry, key);
  return name === undefined ? E.left({ absent: `the manifest names no ${key} for it` }) : E.right(name);
};

/** A predictor for core's samplers that keeps only its result, and a function that releases its weights. */
export interface OpenPredictor<T> {
  readonly weights: Tensors<T>;
  /** The `condition` of the batch. */
  readonly on: (condition: T, batch: number) => Predictor<T>;
  readonly close: () => void;
}

export const openPredictor = <T>(engine: Engine<T>, { network, weights }: Predicting): OpenPredictor<T> => {
  const uploaded = uploadWeights(engine, network.parameters, weights);
  const lifetimes = lifetimesOf(network);
  return {
    weights: uploaded,
    on: (condition, batch) => (input, index) =>
      engine.scope(() =>
        network.run(releasingAlgebra(engine, lifetimes))(uploaded, {
          input,
          condition,
          time: engine.upload("matrix", network.timeFeatures(index, batch)),
        }),
      ),
    close: () => engine.release(Object.values(uploaded)),
  };
};
