import type { VqAutoencoderConfig } from "../networks/autoencoder/config.ts";
import type { ShapeReader } from "./shape-reader.ts";

/** Its shapes determine it completely. */
export const inferVqAutoencoder = ({ axis, count, has }: ShapeReader): VqAutoencoderConfig => {
  const conv1 = (level: number, block: number): string => `encoder.down.${level}.block.${block}.conv1.weight`;
  const channels = axis("encoder.conv_in.weight", 0);
  const levels = Array.from(
    {
      length: Math.max(
        1,
        count((level) => conv1(level, 0)),
      ),
    },
    (_, level) => level,
  );
  return {
    kind: "vq-autoencoder",
    inputChannels: axis("encoder.conv_in.weight", 1),
    outputChannels: axis("decoder.conv_out.weight", 0),
    channels,
    multipliers: levels.map((level) => axis(conv1(level, 0), 0) / channels),
    blocks: levels.map((level) => count((block) => conv1(level, block))),
    attentionLevels: levels.filter((level) => has(`encoder.down.${level}.attn.0.q.weight`)),
    innerChannels: axis("encoder.conv_out.weight", 0),
    latentChannels: axis("quantize.embedding.weight", 1),
    codebookSize: axis("quantize.embedding.weight", 0),
  };
};
