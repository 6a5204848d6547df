/** Trainings that are small enough for the plain JavaScript backend, for the tests. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { normal } from "@tadsr/core";
import type { ResidualUNetConfig } from "@tadsr/model";
import sharp from "sharp";
import {
  STUDENT_DEFAULTS,
  type StudentTrainingOptions,
  TEACHER_DEFAULTS,
  type TeacherTrainingOptions,
  type ValidationPlan,
} from "../src/index.ts";

export const tinyNetwork: ResidualUNetConfig = {
  kind: "residual-unet",
  latentChannels: 48,
  channels: [4, 6],
  blocks: [1, 1],
  timeFeatures: 4,
  timeChannels: 6,
};

/** Smooth random pictures of 96 x 80 pixels. */
export const writePhotographs = async (
  folder: string,
  streams: readonly number[] = [1, 2],
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const stream of streams) {
    const coarse = Buffer.from(normal({ seed: 3, stream }, 0, 12 * 10 * 3).map((v) => 128 + 50 * v));
    await sharp(coarse, { raw: { width: 12, height: 10, channels: 3 } })
      .resize(96, 80, { kernel: "cubic" })
      .png()
      .toFile(join(folder, `photograph-${stream}.png`));
  }
};

/** Validates the tiny trainings with a folder's pictures. */
export const tinyPlan = (data: string): ValidationPlan => ({
  data,
  every: 2,
  pictures: 3,
  crop: 32,
  samples: 1,
});

const common = {
  steps: 6,
  batch: 2,
  crop: 16,
  shrink: 1,
  seed: 9,
  checkpointEvery: 2,
  averageDecay: 0.9,
  rate: { peak: 2e-3, warmUp: 2, decay: "cosine" },
} as const;

export const tinyTeacher = (data: string, output: string): TeacherTrainingOptions => ({
  ...TEACHER_DEFAULTS,
  ...common,
  data,
  output,
  network: tinyNetwork,
});

export const tinyStudent = (data: string, output: string, teacher: string): StudentTrainingOptions => ({
  ...STUDENT_DEFAULTS,
  ...common,
  data,
  output,
  teacher,
  weights: { distillation: 1, score: 0.01, adversarial: 0, perceptual: 0, fidelity: 0.1, grid: 0, target: 0 },
});

/** With a discriminator. The crop is the smallest that its heads can span. */
export const tinyAdversarial = (data: string, output: string, teacher: string): StudentTrainingOptions => ({
  ...tinyStudent(data, output, teacher),
  crop: 24,
  discriminatorRate: 5e-3,
  weights: { ...tinyStudent(data, output, teacher).weights, adversarial: 0.1 },
});
