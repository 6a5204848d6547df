/** Random weights for networks from pictures to pictures, of about the size that learned ones have. */
import { elements, normal } from "@tadsr/core";
import type { HostWeights, PictureNetwork } from "../src/index.ts";

/** Convolutions keep variances, biases are small, and slopes are of either sign, as PReLU's become in training. */
export const pictureWeights = ({ parameters }: PictureNetwork, seed = 3): HostWeights =>
  Object.fromEntries(
    parameters.map(({ name, shape }, stream) => {
      const count = elements(shape);
      const fan = count / (shape[0] ?? 1);
      const isBias = name.endsWith(".bias");
      const deviation = isBias ? 0.05 : shape.length === 1 ? 0.3 : 1 / Math.sqrt(fan);
      const data = Float32Array.from(normal({ seed, stream }, 0, count), (value) => deviation * value);
      return [name, { shape, data }];
    }),
  );
