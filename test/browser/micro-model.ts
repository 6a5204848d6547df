/** A model of the small family that takes little work, and a picture of many tiles. Its weights are random. */
import { makeSchedule, uniform } from "@tadsr/core";
import { type Model, type Picture, randomWeight, stack } from "@tadsr/model";

const config = {
  kind: "stack",
  latentChannels: 48,
  channels: 4,
  blocks: 1,
  timeFeatures: 4,
  timeChannels: 4,
} as const;

const schedule = { steps: 4, kappa: 0.1, minNoiseLevel: 0.03, etasEnd: 0.99, power: 0.3 };

export const microModel = (): Model => {
  const made = makeSchedule(schedule);
  if (made._tag === "Left") throw new Error(made.left.allowed);
  const network = stack(config);
  return {
    description: {
      format: "tadsr-model/1",
      name: "micro-x4",
      latent: { kind: "space-to-depth", factor: 4 },
      schedule,
      network: config,
      steps: 1,
    },
    schedule: made.right,
    network,
    weights: Object.fromEntries(
      network.parameters.map((spec, place) => [spec.name, randomWeight(spec, { seed: 7, place })]),
    ),
  };
};

export const noisyPicture = (width: number, height: number): Picture => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from(uniform({ seed: 5, stream: 0 }, 0, width * height * 3), (value) => 256 * value),
});
