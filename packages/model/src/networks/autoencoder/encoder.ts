import { convolution, type Layer } from "../../layers.ts";
import { downsample, inSequence, levelBlocks, middle, norm, swish } from "./blocks.ts";
import { levelChannels, type VqAutoencoderConfig } from "./config.ts";

/**
 * The encoder: from a picture [n, h, w, input channels] in [-1, 1] to z before quantisation
 * [n, h / factor, w / factor, latent channels]. h and w are multiples of the factor. The diffusion works on this z.
 * The encoder ends with the 1x1 convolution `quant_conv`.
 */
export const vqEncoder = (config: VqAutoencoderConfig): Layer => {
  const channels = levelChannels(config);
  const coarsest = channels.at(-1) ?? config.channels;
  const levels = channels.flatMap((outputs, level) => {
    const name = `encoder.down.${level}`;
    const shape = {
      inputs: channels[level - 1] ?? config.channels,
      outputs,
      count: config.blocks[level] ?? 0,
    };
    const blocks = levelBlocks(name, shape, config.attentionLevels.includes(level));
    return level === channels.length - 1 ? [blocks] : [blocks, downsample(name, outputs)];
  });
  return inSequence([
    convolution("encoder.conv_in", { inputs: config.inputChannels, outputs: config.channels, kernel: 3 }),
    ...levels,
    middle("encoder.mid", coarsest),
    norm("encoder.norm_out", coarsest),
    swish,
    convolution("encoder.conv_out", { inputs: coarsest, outputs: config.innerChannels, kernel: 3 }),
    convolution("quant_conv", { inputs: config.innerChannels, outputs: config.latentChannels, kernel: 1 }),
  ]);
};
