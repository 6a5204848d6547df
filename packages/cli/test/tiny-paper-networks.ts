/** Networks of the paper's kinds that are quick to run, and files of random weights for them. */
import { writeRandomWeights } from "@tadsr/files";
import { type SwinUNetConfig, swinUNet, type VqAutoencoderConfig, vqAutoencoder } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";

/** With a pyramid for the LR picture, as for faces, so that latents are small. */
export const tinyUNet: SwinUNetConfig = {
  kind: "swin-unet",
  latentChannels: 4,
  outputChannels: 4,
  imageSize: 64,
  channels: 32,
  multipliers: [1, 1],
  blocks: [1, 1],
  scaleShift: true,
  swin: {
    resolutions: [32],
    depth: 2,
    channels: 32,
    headChannels: 32,
    window: 8,
    mlpRatio: 2,
    edges: "wrapped",
  },
  condition: { channels: 3, size: 256 },
};

/** Factor 4. */
export const tinyAutoencoder: VqAutoencoderConfig = {
  kind: "vq-autoencoder",
  inputChannels: 3,
  outputChannels: 3,
  channels: 32,
  multipliers: [1, 1, 1],
  blocks: [1, 1, 1],
  attentionLevels: [],
  innerChannels: 4,
  latentChannels: 4,
  codebookSize: 16,
};

export const tinyNetworks = {
  network: tinyUNet,
  autoencoder: tinyAutoencoder,
  files: { network: "TAD-SR.pth", autoencoder: "autoencoder_vq_f4.pth" },
} as const;

/** Writes a PyTorch file. */
export const saveRandom = async (
  file: string,
  config: SwinUNetConfig | VqAutoencoderConfig,
  seed = 1,
): Promise<void> => {
  const { parameters } = config.kind === "swin-unet" ? swinUNet(config) : vqAutoencoder(config);
  const written = await writeRandomWeights(file, parameters, { seed, dtype: "F32", format: "pytorch-zip" })();
  if (E.isLeft(written)) throw new Error(written.left.message);
};
