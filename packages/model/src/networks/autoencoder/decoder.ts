import { convolution, type Layer } from "../../layers.ts";
import { inSequence, levelBlocks, middle, norm, swish, upsample } from "./blocks.ts";
import { levelChannels, type VqAutoencoderConfig } from "./config.ts";

/**
 * The decoder: a latent [n, h, w, latent channels], quantised or not, to a picture
 * [n, h factor, w factor, output channels], in [-1, 1] except for overshoot. It begins with the 1x1
 * convolution `post_quant_conv`. Level 0 is the finest, as in the encoder, and comes last.
 */
export const vqDecoder = (config: VqAutoencoderConfig): Layer => {
  const channels = levelChannels(config);
  const finest = channels[0] ?? config.channels;
  const coarsest = channels.at(-1) ?? config.channels;
  const levels = channels
    .map((outputs, level) => {
      const name = `decoder.up.${level}`;
      const shape = {
        inputs: channels[level + 1] ?? coarsest,
        outputs,
        count: (config.blocks[level] ?? 0) + 1,
      };
      const blocks = levelBlocks(name, shape, config.attentionLevels.includes(level));
      return level === 0 ? blocks : inSequence([blocks, upsample(name, outputs)]);
    })
    .reverse();
  return inSequence([
    convolution("post_quant_conv", {
      inputs: config.latentChannels,
      outputs: config.innerChannels,
      kernel: 1,
    }),
    convolution("decoder.conv_in", { inputs: config.innerChannels, outputs: coarsest, kernel: 3 }),
    middle("decoder.mid", coarsest),
    ...levels,
    norm("decoder.norm_out", finest),
    swish,
    convolution("decoder.conv_out", { inputs: finest, outputs: config.outputChannels, kernel: 3 }),
  ]);
};
