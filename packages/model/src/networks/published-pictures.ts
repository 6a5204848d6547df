/** Real-ESRGAN's published networks as data (its inference_realesrgan.py), under the names of their files. */
import type { PictureNetworkConfig } from "./picture-networks.ts";

const rrdb = (blocks: number, factor: number): PictureNetworkConfig => ({
  kind: "rrdb",
  channels: 64,
  growth: 32,
  blocks,
  factor,
});

const srvgg = (convolutions: number): PictureNetworkConfig => ({
  kind: "srvgg",
  channels: 64,
  convolutions,
  factor: 4,
});

export const publishedPictureNetworks = {
  "realesr-general-x4v3": srvgg(32),
  "realesr-general-wdn-x4v3": srvgg(32),
  "realesr-animevideov3": srvgg(16),
  RealESRGAN_x4plus: rrdb(23, 4),
  RealESRNet_x4plus: rrdb(23, 4),
  RealESRGAN_x2plus: rrdb(23, 2),
  RealESRGAN_x4plus_anime_6B: rrdb(6, 4),
} as const satisfies Readonly<Record<string, PictureNetworkConfig>>;

export type PublishedPictureName = keyof typeof publishedPictureNetworks;
