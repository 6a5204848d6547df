/** A model folder that is quick to run: a few thousand weights, none of them trained. */
import { normal } from "@tadsr/core";
import { saveModel } from "@tadsr/files";
import { initialWeights, type ModelDescription, smallNetwork } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";

export const tinyDescription: ModelDescription = {
  format: "tadsr-model/1",
  name: "tiny",
  latent: { kind: "space-to-depth", factor: 4 },
  schedule: { steps: 4, kappa: 1, minNoiseLevel: 0.2, etasEnd: 0.99, power: 0.3 },
  network: {
    kind: "residual-unet",
    latentChannels: 48,
    channels: [8, 8],
    blocks: [1, 1],
    timeFeatures: 4,
    timeChannels: 8,
  },
  steps: 1,
};

/** The same with a stack. */
export const tinyStackDescription: ModelDescription = {
  ...tinyDescription,
  name: "tiny-stack",
  network: { kind: "stack", latentChannels: 48, channels: 8, blocks: 1, timeFeatures: 4, timeChannels: 8 },
};

/**
 * Writes the model. Some layers of an untrained model are zero, so that it is bicubic. Here they get small random
 * numbers, except those whose names begin with `held`. So a picture depends on the noise, and thus on the seed.
 */
export const saveTinyModel = async (
  folder: string,
  description: ModelDescription = tinyDescription,
  held?: string,
): Promise<void> => {
  const { parameters } = smallNetwork(description.network);
  const silent = new Set(
    parameters
      .filter(({ name, initial }) => initial === "zeros" && (held === undefined || !name.startsWith(held)))
      .map(({ name }) => name),
  );
  const weights = Object.fromEntries(
    Object.entries(initialWeights(parameters, { seed: 1 })).map(([name, { shape, data }], stream) => [
      name,
      silent.has(name)
        ? {
            shape,
            data: Float32Array.from(normal({ seed: 2, stream }, 0, data.length), (value) => 0.02 * value),
          }
        : { shape, data },
    ]),
  );
  const saved = await saveModel(folder, description, weights, { dtype: "F32" })();
  if (E.isLeft(saved)) throw new Error(saved.left.message);
};
