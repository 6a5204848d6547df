/** A small random model and random pictures. */
import { elements, makeSchedule, normal, uniform } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import {
  type HostWeights,
  MODEL_FORMAT,
  type Model,
  type ModelDescription,
  networkOf,
  type ParameterSpec,
  type Picture,
  type ResidualUNetConfig,
  type StackConfig,
} from "../src/index.ts";

export const tinyResidualUNet: ResidualUNetConfig = {
  kind: "residual-unet",
  latentChannels: 12,
  channels: [4, 6],
  blocks: [1, 1],
  timeFeatures: 4,
  timeChannels: 5,
};

export const tinyDescription: ModelDescription = {
  format: MODEL_FORMAT,
  name: "tiny",
  latent: { kind: "space-to-depth", factor: 2 },
  schedule: { steps: 4, kappa: 1, minNoiseLevel: 0.2, etasEnd: 0.99, power: 0.3 },
  network: tinyResidualUNet,
  steps: 1,
};

export const tinyStack: StackConfig = {
  kind: "stack",
  latentChannels: 12,
  channels: 4,
  blocks: 3,
  timeFeatures: 4,
  timeChannels: 5,
};

/** The same with a stack instead of the residual UNet. */
export const tinyStackDescription: ModelDescription = {
  ...tinyDescription,
  name: "tiny-stack",
  network: tinyStack,
};

/** None of them is zero, so that every part of the network affects the result. */
export const randomWeights = (specs: readonly ParameterSpec[], size = 1): HostWeights =>
  Object.fromEntries(
    specs.map(({ name, shape }, stream) => {
      const count = elements(shape);
      const deviation = size / Math.sqrt(Math.max(1, count / (shape[0] ?? 1)));
      const data = new Float32Array(normal({ seed: 8, stream }, 0, count)).map((value) => deviation * value);
      return [name, { shape, data }];
    }),
  );

export const randomModel = (description: ModelDescription = tinyDescription): Model => {
  const schedule = makeSchedule(description.schedule);
  if (E.isLeft(schedule)) throw new Error(schedule.left.message);
  const network = networkOf(description);
  return { description, schedule: schedule.right, network, weights: randomWeights(network.parameters) };
};

export const randomPicture = (width: number, height: number, seed = 1): Picture => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from(uniform({ seed, stream: 0 }, 0, width * height * 3), (value) => 256 * value),
});
