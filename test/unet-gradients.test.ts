/** The gradients of the UNet with Swin layers, at a small size, against central differences in float64. */
import { initialWeights, type SwinUNetConfig, swinUNet } from "@tadsr/model";
import { describeGradients, type GradientCase, noiseArray } from "./gradient-check.ts";
import { smallUNet } from "./small-unet.ts";

/** With shifted windows, two heads, a window that shrinks, a change of channels, and a pyramid. */
const unet: SwinUNetConfig = {
  ...smallUNet,
  swin: { ...smallUNet.swin, mlpRatio: 1 },
  condition: { channels: 3, size: 16 },
};

const { parameters, run } = swinUNet(unet);

const unetCase: GradientCase = {
  parameters,
  weights: initialWeights(parameters, { seed: 5 }),
  inputs: {
    input: noiseArray("image", [1, 8, 8, 2], 1),
    condition: noiseArray("image", [1, 16, 16, 3], 2),
    time: noiseArray("matrix", [1, 32], 3),
  },
  run:
    (algebra) =>
    (weights, { input, condition, time }) => {
      if (input === undefined || condition === undefined || time === undefined)
        throw new Error("an input is missing");
      return run(algebra)(weights, { input, condition, time });
    },
};

await describeGradients("the gradients of the UNet with Swin layers", unetCase);
