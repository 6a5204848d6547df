import type { SwinUNetConfig } from "@tadsr/model";

/** The smallest UNet that 32 groups allow: with shifted windows, two heads, a change of channels. */
export const smallUNet: SwinUNetConfig = {
  kind: "swin-unet",
  latentChannels: 2,
  outputChannels: 2,
  imageSize: 8,
  channels: 32,
  multipliers: [1, 2],
  blocks: [1, 1],
  scaleShift: true,
  swin: {
    resolutions: [8],
    depth: 2,
    channels: 32,
    headChannels: 16,
    window: 4,
    mlpRatio: 2,
    edges: "wrapped",
  },
  condition: { channels: 3, size: 8 },
};
