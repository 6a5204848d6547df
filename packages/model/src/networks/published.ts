/**
 * The published models as data: their files, the networks in those, and how they sample.
 *
 * The authors' and ResShift's configuration files give the files' names, the schedules, every number of the real-world
 * UNet and of both autoencoders, and the faces' UNet, with lq of 512 for a latent of 64. They also give the factors,
 * and that students have their teacher's architecture. The authors' sampling code shows that teachers sample with
 * noise. Anything that a file's tensors tell is nevertheless inferred from them.
 */
import { faceRestorationSchedule, type ScheduleConfig, superResolutionSchedule } from "@tadsr/core";
import { type VqAutoencoderConfig, vqF4, vqF8Face } from "./autoencoder/config.ts";
import type { SwinUNetConfig } from "./swin-unet-config.ts";

/** Real-world super-resolution x4: 118 593 583 parameters. */
export const realWorldUNet: SwinUNetConfig = {
  kind: "swin-unet",
  latentChannels: 3,
  outputChannels: 3,
  imageSize: 64,
  channels: 160,
  multipliers: [1, 2, 2, 4],
  blocks: [2, 2, 2, 2],
  scaleShift: true,
  swin: {
    resolutions: [64, 32, 16, 8],
    depth: 2,
    channels: 192,
    headChannels: 32,
    window: 8,
    mlpRatio: 4,
    edges: "wrapped",
  },
  condition: { channels: 3, size: 64 },
};

/** Face restoration: a latent of 8 channels, and the LR face at the size of the result. */
export const faceUNet: SwinUNetConfig = {
  ...realWorldUNet,
  latentChannels: vqF8Face.latentChannels,
  outputChannels: vqF8Face.latentChannels,
  condition: { channels: 3, size: 512 },
};

export interface PublishedModel {
  readonly name: string;
  readonly network: SwinUNetConfig;
  readonly autoencoder: VqAutoencoderConfig;
  readonly schedule: ScheduleConfig;
  /** The number of sampler steps: T for a teacher, 1 for a student. */
  readonly steps: number;
  /** The kind of step: Eq 2 with noise, as the authors run their teachers, or Eq 3 without. */
  readonly sampler: "ancestral" | "deterministic";
  /** How many times larger the result is than the LR image, per side. */
  readonly factor: number;
  /** The authors' names of the files. */
  readonly files: { readonly network: string; readonly autoencoder: string };
}

const realWorld = {
  network: realWorldUNet,
  autoencoder: vqF4,
  schedule: superResolutionSchedule,
  factor: 4,
} as const;

const student = { ...realWorld, steps: 1, sampler: "deterministic" } as const;

const AUTOENCODER_F4 = "autoencoder_vq_f4.pth";

export type PublishedName = "realsr-s15" | "sinsr-s1" | "tad-sr-s1" | "faceir-s4";

export const publishedModels: Readonly<Record<PublishedName, PublishedModel>> = {
  "realsr-s15": {
    ...realWorld,
    name: "realsr-s15",
    steps: superResolutionSchedule.steps,
    sampler: "ancestral",
    files: { network: "resshift_realsrx4_s15_v1.pth", autoencoder: AUTOENCODER_F4 },
  },
  "sinsr-s1": {
    ...student,
    name: "sinsr-s1",
    files: { network: "SinSR_v2.pth", autoencoder: AUTOENCODER_F4 },
  },
  "tad-sr-s1": {
    ...student,
    name: "tad-sr-s1",
    files: { network: "TAD-SR.pth", autoencoder: AUTOENCODER_F4 },
  },
  "faceir-s4": {
    name: "faceir-s4",
    network: faceUNet,
    autoencoder: vqF8Face,
    schedule: faceRestorationSchedule,
    steps: faceRestorationSchedule.steps,
    sampler: "ancestral",
    factor: 1,
    files: { network: "resshift_faceir_s4.pth", autoencoder: "ffhq512_vq_f8_dim8_face.pth" },
  },
};
