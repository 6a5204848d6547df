/** From an LR image larger than the latent to features of the latent's size (faces; ResShift, models/unet.py). */
import { convolution, type Layer } from "../layers.ts";
import { downsampling } from "./unet-blocks.ts";

const BASE_CHANNELS = 16;
/** Modules of a level in the authors' sequence: convolution, SiLU, downsampling. */
const MODULES = 3;

/** A pyramid with `levels` halvings is a layer from `channels` channels to `outputs`. */
export interface Pyramid extends Layer {
  readonly outputs: number;
}

/**
 * Each level is a 3x3 convolution, SiLU and a halving that doubles the channels. With no level the image is unchanged.
 */
export const lqPyramid = (name: string, channels: number, levels: number): Pyramid => {
  const steps = Array.from({ length: levels }, (_, level) => {
    const width = BASE_CHANNELS * 2 ** level;
    const inputs = level === 0 ? channels : width;
    return {
      enter: convolution(`${name}.${MODULES * level}`, { inputs, outputs: width, kernel: 3 }),
      halve: downsampling(`${name}.${MODULES * level + 2}`, width, 2 * width),
    };
  });
  return {
    outputs: levels === 0 ? channels : BASE_CHANNELS * 2 ** levels,
    parameters: steps.flatMap(({ enter, halve }) => [...enter.parameters, ...halve.parameters]),
    run: (algebra, weights, image) =>
      steps.reduce(
        (hidden, { enter, halve }) =>
          halve.run(algebra, weights, algebra.silu(enter.run(algebra, weights, hidden))),
        image,
      ),
  };
};
