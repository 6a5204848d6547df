/** Parts of a model of the small family: a whole step from picture to picture, or its network. */
import { startOfSampling, type Tensors } from "@tadsr/core";
import { type ExportPlan, given, type Term, termAlgebra } from "@tadsr/engine-onnx";
import {
  BICUBIC_REACH,
  bicubicLatentKernel,
  COLOURS,
  conditionChannels,
  conditionOf,
  type Model,
  readsNoise,
  receptiveField,
  type Size,
} from "@tadsr/model";
import { input, networkPlan, type Part, predictAtEnd, scaledInput, timeFeatures } from "./part.ts";

const stepPlan =
  ({ description, network, schedule, weights: hostWeights }: Model, weights: Tensors<Term>) =>
  ({ height, width }: Size): ExportPlan => {
    const { factor } = description.latent;
    const picture = input("image", 1, height, width, COLOURS);
    const [noise, z_y] = [
      input("image", 1, height, width, network.latentChannels),
      input("image", 1, height, width, network.latentChannels),
    ];
    const kernel = given("convolution", bicubicLatentKernel(factor), "constant");
    const isNoisy = readsNoise(network, hostWeights);
    const z_T = isNoisy ? startOfSampling(termAlgebra, schedule)(z_y, noise) : z_y;
    const condition = conditionOf(termAlgebra, network, z_y, () => picture);
    const z_0 = predictAtEnd(network, schedule, weights, condition, z_T);
    return {
      inputs: [{ name: "picture", term: picture }, ...(isNoisy ? [{ name: "noise", term: noise }] : [])],
      filtered: [{ image: z_y, input: picture, kernel }],
      outputs: [{ name: "result", term: termAlgebra.depthToSpace(z_0, factor) }],
    };
  };

export const stepPart = (model: Model, weights: Tensors<Term>): Part => {
  const { factor } = model.description.latent;
  const { alignment, margin } = receptiveField(model.network);
  const channels = model.network.latentChannels;
  return {
    name: "step",
    alignment,
    plan: stepPlan(model, weights),
    values: {
      picture: `[1, 3, h, w]: red, green, blue of sRGB in [-1, 1] (byte / 127.5 - 1), h and w multiples of ${alignment}`,
      ...(readsNoise(model.network, model.weights)
        ? { noise: `[1, ${channels}, h, w]: drawn from N(0, 1)` }
        : {}),
      result: `[1, 3, ${factor} h, ${factor} w]: also in [-1, 1] except for overshoot; byte = round(127.5 (v + 1)), clipped to 0..255`,
    },
    use:
      `One step makes the picture ${factor} times larger; bicubic upsampling is part of it. Extend a picture ` +
      `with its edge pixels, to the right and below, to sides that are multiples of ${alignment}, and crop the ` +
      `result. Each pixel depends on ${margin + BICUBIC_REACH} pixels around it. Tiles that begin at multiples of ` +
      `${alignment} join without a seam if they are read with these pixels around them and then cropped.`,
  };
};

/** The time is always an input, because models of this family can also take several steps. */
export const smallNetworkPart = (model: Model, weights: Tensors<Term>): Part => {
  const { network, schedule, description } = model;
  const channels = network.latentChannels;
  const { alignment } = receptiveField(network);
  return {
    name: "network",
    alignment,
    plan: ({ height, width }) => {
      const shapes = {
        input: [1, height, width, channels],
        condition: [1, height, width, conditionChannels(network)],
      };
      return networkPlan(network, schedule, weights, shapes, true);
    },
    values: {
      input: `[1, ${channels}, h, w]: ${scaledInput(schedule)}`,
      condition: `[1, ${conditionChannels(network)}, h, w]: z_y, the bicubic upsampling by ${description.latent.factor} in [-1, 1] as space to depth (channel = c ${description.latent.factor}^2 + y ${description.latent.factor} + x)${network.condition === "z_y and picture" ? ", then the picture itself in [-1, 1]" : ""}`,
      time: timeFeatures(description.network.timeFeatures),
      z_0: `[1, ${channels}, h, w]: the prediction of z_0; depth to space by ${description.latent.factor} makes a picture in [-1, 1] of it`,
    },
    use: "The network F(z_t, t), which a sampler calls once a step.",
  };
};
