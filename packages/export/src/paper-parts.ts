/** Parts of a model of the paper's kind: its three networks, or the chain of them if it has one step. */
import { startOfSampling, type Tensors } from "@tadsr/core";
import { type ExportPlan, given, type Term, termAlgebra } from "@tadsr/engine-onnx";
import { bicubicLatentKernel, COLOURS, type PaperModel, type Size } from "@tadsr/model";
import { input, networkPlan, type Part, predictAtEnd, scaledInput, timeFeatures } from "./part.ts";

const PICTURE = "red, green, blue of sRGB in [-1, 1] (byte / 127.5 - 1)";

type Weights = Tensors<Term>;

const sides = ({ height, width }: Size, factor: number): readonly [number, number] => [
  height * factor,
  width * factor,
];

export const encoderPart = (model: PaperModel, weights: Weights): Part => {
  const { autoencoder, factor, stride } = model;
  const { factor: shrinking, latentChannels } = autoencoder;
  return {
    name: "encoder",
    alignment: stride,
    plan: (size) => {
      const picture = input("image", 1, ...sides(size, factor), COLOURS);
      const z_y = autoencoder.encoder.run(termAlgebra, weights, picture);
      return {
        inputs: [{ name: "picture", term: picture }],
        filtered: [],
        outputs: [{ name: "z_y", term: z_y }],
      };
    },
    values: {
      picture: `[1, 3, H, W]: ${PICTURE}, H and W multiples of ${shrinking}; for z_y the bicubic upsampling by ${factor}`,
      z_y: `[1, ${latentChannels}, H / ${shrinking}, W / ${shrinking}]: the latent, not quantised`,
    },
    use: "The autoencoder's encoder: z_y of the LR picture's bicubic upsampling (a = -0.75, half-pixel centres).",
  };
};

export const decoderPart = (model: PaperModel, weights: Weights): Part => {
  const { autoencoder, factor, stride } = model;
  const { factor: shrinking, latentChannels } = autoencoder;
  return {
    name: "decoder",
    alignment: stride,
    plan: (size) => {
      const z_0 = input("image", 1, ...sides(size, factor / shrinking), latentChannels);
      return {
        inputs: [{ name: "z_0", term: z_0 }],
        filtered: [],
        outputs: [{ name: "result", term: autoencoder.decode(termAlgebra, weights, z_0) }],
      };
    },
    values: {
      z_0: `[1, ${latentChannels}, h, w]: a latent, quantised by the file first`,
      result: `[1, 3, ${shrinking} h, ${shrinking} w]: a picture in [-1, 1] except for overshoot: clip it`,
    },
    use: "The quantiser and the autoencoder's decoder.",
  };
};

export const paperNetworkPart = (model: PaperModel, weights: Weights, isTimeOpen: boolean): Part => {
  const { network, schedule, stride, alignment, description } = model;
  const channels = network.latentChannels;
  return {
    name: "network",
    alignment,
    plan: (size) =>
      networkPlan(
        network,
        schedule,
        weights,
        {
          input: [1, ...sides(size, 1 / stride), channels],
          condition: [1, ...sides(size, 1), COLOURS],
        },
        isTimeOpen,
      ),
    values: {
      input: `[1, ${channels}, h / ${stride}, w / ${stride}]: ${scaledInput(schedule)}`,
      condition: `[1, 3, h, w]: the LR picture, ${PICTURE}, h and w multiples of ${alignment}`,
      ...(isTimeOpen ? { time: timeFeatures(description.network.channels) } : {}),
      z_0: `[1, ${channels}, h / ${stride}, w / ${stride}]: the prediction of z_0`,
    },
    use: isTimeOpen
      ? "The network F(z_t, t), which a sampler calls once a step."
      : `The network at t = ${schedule.T}, the one step of this model: its time is built in.`,
  };
};

const chainPlan =
  (model: PaperModel, weights: Weights) =>
  (size: Size): ExportPlan => {
    const { autoencoder, factor, network, schedule, stride } = model;
    const picture = input("image", 1, ...sides(size, 1), COLOURS);
    const noise = input("image", 1, ...sides(size, 1 / stride), network.latentChannels);
    const bicubic = input("image", 1, ...sides(size, 1), COLOURS * factor ** 2);
    const isLarger = factor > 1;
    const upsampled = isLarger ? termAlgebra.depthToSpace(bicubic, factor) : picture;
    const z_y = autoencoder.encoder.run(termAlgebra, weights, upsampled);
    const z_T = startOfSampling(termAlgebra, schedule)(z_y, noise);
    const z_0 = predictAtEnd(network, schedule, weights, picture, z_T);
    const kernel = given("convolution", bicubicLatentKernel(factor), "constant");
    return {
      inputs: [
        { name: "picture", term: picture },
        { name: "noise", term: noise },
      ],
      filtered: isLarger ? [{ image: bicubic, input: picture, kernel }] : [],
      outputs: [{ name: "result", term: autoencoder.decode(termAlgebra, weights, z_0) }],
    };
  };

export const chainPart = (model: PaperModel, weights: Weights): Part => {
  const { alignment, factor, network, stride } = model;
  return {
    name: "chain",
    alignment,
    plan: chainPlan(model, weights),
    values: {
      picture: `[1, 3, h, w]: the LR picture, ${PICTURE}, h and w multiples of ${alignment}`,
      noise: `[1, ${network.latentChannels}, h / ${stride}, w / ${stride}]: drawn from N(0, 1)`,
      result: `[1, 3, ${factor} h, ${factor} w]: in [-1, 1] except for overshoot: clip it; byte = round(127.5 (v + 1))`,
    },
    use:
      "Bicubic upsampling, encoder, one step, quantiser and decoder. Pad a picture by reflection, to the right and " +
      `below, to sides that are multiples of ${alignment}, and crop the result. Cut larger pictures into overlapping tiles, ` +
      "and average the overlaps.",
  };
};
