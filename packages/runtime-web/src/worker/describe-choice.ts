/** The model that the page chose, before its weights are on an engine. */
import {
  type ByteFile,
  type DescribedModel,
  describeModel,
  describeNetworkFile,
  describePaperFiles,
  describePictureFile,
  fileInMemory,
  fileOfBlob,
  publishedLike,
} from "@tadsr/model";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ModelChoice } from "./messages.ts";
import type { WeightsCache } from "./weights-cache.ts";
import type { WeightsFile } from "./weights-manifest.ts";
import { ofModel, type WorkerError, workerError } from "./worker-error.ts";

type Described = TE.TaskEither<WorkerError, DescribedModel>;

const shipped = (
  { name, manifest }: Extract<ModelChoice, { kind: "shipped" }>,
  cache: WeightsCache,
  onReceived: (bytes: number, of: number) => void,
): Described => {
  const model = manifest.models[name];
  if (model === undefined) {
    const names = Object.keys(manifest.models).join(", ");
    return TE.left(workerError("invalid-model", `there is no model ${name}; there are ${names}`));
  }
  const get = (file: WeightsFile, before: number) =>
    cache.get(file, new URL(file.file, manifest.address).href, (bytes) =>
      onReceived(before + bytes, model.description.bytes + model.weights.bytes),
    );
  return pipe(
    TE.Do,
    TE.bind("description", () => get(model.description, 0)),
    TE.bind("weights", () => get(model.weights, model.description.bytes)),
    TE.chain(({ description, weights }) => {
      const file = fileInMemory(`${name}/${model.weights.file}`, weights);
      const text = fileInMemory(`${name}/${model.description.file}`, description);
      return TE.mapLeft(ofModel)(describeModel(text, { network: file, autoencoder: file }));
    }),
  );
};

const needsAutoencoder = (name: string, usualName: string): WorkerError =>
  workerError(
    "invalid-model",
    `${name}: it works on an autoencoder's latents; choose that file too (the authors call it ${usualName})`,
  );

const byteFile = (file: File): ByteFile => fileOfBlob(file.name, file);

const ownFiles = ({
  network,
  description,
  autoencoder,
}: Extract<ModelChoice, { kind: "files" }>): Described => {
  const source = { file: byteFile(network) };
  if (description !== undefined) {
    const files = { network: source.file, autoencoder: byteFile(autoencoder ?? network) };
    return TE.mapLeft(ofModel)(describeModel(byteFile(description), files));
  }
  const ofPaper =
    autoencoder === undefined
      ? pipe(
          describeNetworkFile(source),
          TE.mapLeft(ofModel),
          TE.chain(({ config }) =>
            TE.left(needsAutoencoder(network.name, publishedLike(config).files.autoencoder)),
          ),
        )
      : pipe(
          describePaperFiles({
            network: source,
            autoencoder: { file: byteFile(autoencoder) },
          }),
          TE.bimap(ofModel, (model): DescribedModel => ({ kind: "paper", model })),
        );
  return pipe(
    describePictureFile(source),
    TE.mapLeft(ofModel),
    TE.chain((model): Described => (model === null ? ofPaper : TE.right({ kind: "picture", model }))),
  );
};

export const describeChoice = (
  choice: ModelChoice,
  cache: WeightsCache,
  onReceived: (bytes: number, of: number) => void,
): Described => (choice.kind === "shipped" ? shipped(choice, cache, onReceived) : ownFiles(choice));
