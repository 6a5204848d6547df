/** Whether a UNet and an autoencoder belong together, and the ratios of their sizes. */
import { downsamplingFactor, type VqAutoencoderConfig } from "../networks/autoencoder/config.ts";
import { conditionLevels, type SwinUNetConfig } from "../networks/swin-unet-config.ts";
import { COLOURS, type Rectangle } from "../picture.ts";

/** LR pixels for each pixel of the latent, per side: 2^halvings of the pyramid. */
export const latentStride = (network: SwinUNetConfig): number => 2 ** conditionLevels(network);

/**
 * The result is this many times wider and higher than the LR picture: the autoencoder's shrinking divided by the
 * pyramid's. 4 for real-world super-resolution (f4, no pyramid), 1 for faces (f8, three halvings).
 */
export const factorOfPair = (network: SwinUNetConfig, autoencoder: VqAutoencoderConfig): number =>
  downsamplingFactor(autoencoder) / latentStride(network);

/** Why they do not work together: the network's field, its value, and the expected value. */
export interface PairFault {
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

/** The first fault, or null. Both configurations are valid by themselves. */
export const faultOfPair = (network: SwinUNetConfig, autoencoder: VqAutoencoderConfig): PairFault | null => {
  const { latentChannels, inputChannels, outputChannels } = autoencoder;
  const channels = [
    ["latentChannels", network.latentChannels, latentChannels, "channels of the autoencoder's latent"],
    ["outputChannels", network.outputChannels, latentChannels, "channels of the autoencoder's latent"],
    ["condition.channels", network.condition?.channels ?? COLOURS, COLOURS, "colours of the LR picture"],
  ] as const;
  for (const [key, found, expected, what] of channels)
    if (found !== expected) return { key, expected: `the ${expected} ${what}`, found: String(found) };
  if (inputChannels !== COLOURS || outputChannels !== COLOURS)
    return {
      key: "latentChannels",
      expected: "an autoencoder from pictures of 3 colours to pictures of 3 colours",
      found: `one from ${inputChannels} to ${outputChannels}`,
    };
  const factor = factorOfPair(network, autoencoder);
  return Number.isInteger(factor)
    ? null
    : {
        key: "condition.size",
        expected: `at most ${downsamplingFactor(autoencoder)} times the latent, as the autoencoder shrinks pictures`,
        found: `${latentStride(network)} times`,
      };
};

/** The authors pad LR pictures to multiples of this; a network with more levels needs more. */
const PADDED_TO = 64;

/** Sides of the networks' inputs, in LR pixels, are multiples of this. */
export const alignmentOf = (network: SwinUNetConfig): number =>
  Math.max(PADDED_TO, latentStride(network) * 2 ** (network.multipliers.length - 1));

/** A place in the LR picture, as a place in its latent. */
export const latentPlace = ({ x, y, width, height }: Rectangle, stride: number): Rectangle => ({
  x: x / stride,
  y: y / stride,
  width: width / stride,
  height: height / stride,
});
