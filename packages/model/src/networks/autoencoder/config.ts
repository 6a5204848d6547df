/** The VQ autoencoder's configuration, and the configurations of the published weights. */

import { isCount } from "../../count.ts";
/** Lists have one number for each level, finest first; each further level halves height and width. */
export interface VqAutoencoderConfig {
  readonly kind: "vq-autoencoder";
  /** Channels of the picture that is encoded, and of the one that is decoded. */
  readonly inputChannels: number;
  readonly outputChannels: number;
  /** Channels of the level i are `channels * multipliers[i]`: multiples of 32, the groups of the norm. */
  readonly channels: number;
  readonly multipliers: readonly number[];
  /** Residual blocks of each level in the encoder; the decoder has one more in each. */
  readonly blocks: readonly number[];
  /** Levels that have an attention after every residual block. The middle always has one. */
  readonly attentionLevels: readonly number[];
  /** Channels between the inner networks and the 1x1 convolutions around the quantiser. */
  readonly innerChannels: number;
  /** Channels of the latent z, and of each entry of the codebook. */
  readonly latentChannels: number;
  /** Entries of the codebook. */
  readonly codebookSize: number;
}

/** The latent is this many times smaller than the picture: 4 in f4. */
export const downsamplingFactor = ({ multipliers }: Pick<VqAutoencoderConfig, "multipliers">): number =>
  2 ** (multipliers.length - 1);

/** Channels of each level, finest first. */
export const levelChannels = ({
  channels,
  multipliers,
}: Pick<VqAutoencoderConfig, "channels" | "multipliers">): readonly number[] =>
  multipliers.map((multiplier) => channels * multiplier);

/** autoencoder_vq_f4.pth: the latent of real-world super-resolution; 55 322 782 parameters. */
export const vqF4: VqAutoencoderConfig = {
  kind: "vq-autoencoder",
  inputChannels: 3,
  outputChannels: 3,
  channels: 128,
  multipliers: [1, 2, 4],
  blocks: [2, 2, 2],
  attentionLevels: [],
  innerChannels: 3,
  latentChannels: 3,
  codebookSize: 8192,
};

/** ffhq512_vq_f8_dim8_face.pth: the latent of face restoration. */
export const vqF8Face: VqAutoencoderConfig = {
  kind: "vq-autoencoder",
  inputChannels: 3,
  outputChannels: 3,
  channels: 64,
  multipliers: [1, 2, 4, 8],
  blocks: [1, 2, 3, 4],
  attentionLevels: [],
  innerChannels: 8,
  latentChannels: 8,
  codebookSize: 4096,
};

/** The norm has 32 groups of channels. */
export const GROUPS = 32;

/** Why no network can be made: the field, what was expected, what was found. */
export interface ConfigFault {
  readonly key: keyof VqAutoencoderConfig;
  readonly expected: string;
  readonly found: unknown;
}

/** The first reason why no autoencoder can be made of the configuration, or null. */
export const faultOfVqConfig = (config: VqAutoencoderConfig): ConfigFault | null => {
  const { multipliers, blocks, channels } = config;
  const counts = [
    "inputChannels",
    "outputChannels",
    "innerChannels",
    "latentChannels",
    "codebookSize",
  ] as const;
  const uncounted = counts.find((key) => !isCount(config[key]));
  if (uncounted !== undefined)
    return { key: uncounted, expected: "a whole number above 0", found: config[uncounted] };
  if (!isCount(channels) || channels % GROUPS !== 0)
    return { key: "channels", expected: `a multiple of ${GROUPS}`, found: channels };
  if (multipliers.length === 0 || !multipliers.every(isCount))
    return { key: "multipliers", expected: "whole numbers above 0, one for each level", found: multipliers };
  return blocks.length === multipliers.length && blocks.every(isCount)
    ? null
    : {
        key: "blocks",
        expected: `whole numbers above 0, one for each of ${multipliers.length} levels`,
        found: blocks,
      };
};
