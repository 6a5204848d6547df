/**
 * How much of a prediction is a pattern that repeats with every pixel of the low-resolution picture. A network whose
 * output is cut into 4 x 4 phases can please a perceptual distance with such a faint grid. This optional term, which is
 * not from the paper, removes it.
 */
import type { Engine } from "@tadsr/core";
import { around, COLOURS } from "@tadsr/model";
import { LATENT_FACTOR } from "./latents.ts";

/** The side of the windows over which a pattern is averaged, in latent pixels. */
export const GRID_WINDOW = 8;

const PHASES = LATENT_FACTOR ** 2;
const CHANNELS = COLOURS * PHASES;

export interface GridTerm<T> {
  /**
   * For each window and channel, the difference of prediction and original is averaged over the window, and the mean
   * over the phases of its colour is subtracted. The result is the mean square of this over windows, colours and
   * phases. Latents are [n, h, w, 48], h and w at least `GRID_WINDOW`.
   */
  energy(z_0_predicted: T, z_0: T): T;
  readonly frozen: readonly T[];
}

/** Subtracts from each channel the mean of its colour's phases. */
const deviation = (): Float32Array =>
  Float32Array.from({ length: CHANNELS * CHANNELS }, (_, place) => {
    const [to, from] = [Math.floor(place / CHANNELS), place % CHANNELS];
    const sameColour = Math.floor(to / PHASES) === Math.floor(from / PHASES);
    return (to === from ? 1 : 0) - (sameColour ? 1 / PHASES : 0);
  });

export const openGridTerm = <T>(engine: Engine<T>): GridTerm<T> => {
  const { algebra } = engine;
  const fromMean = engine.upload("convolution", { shape: [CHANNELS, CHANNELS, 1, 1], data: deviation() });
  const window = engine.upload("depthwise", {
    shape: [CHANNELS, 1, GRID_WINDOW, GRID_WINDOW],
    data: new Float32Array(CHANNELS * GRID_WINDOW ** 2).fill(1 / GRID_WINDOW ** 2),
  });
  return {
    energy: (z_0_predicted, z_0) => {
      const difference = algebra.subtract(z_0_predicted, z_0);
      const phases = algebra.conv2d(difference, fromMean, null, { stride: 1, padding: around(0) });
      const means = algebra.depthwiseConv2d(phases, window, null, {
        stride: GRID_WINDOW / 2,
        padding: around(0),
      });
      return algebra.mean(algebra.square(means));
    },
    frozen: [fromMean, window],
  };
};
