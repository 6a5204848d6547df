/** Degradations by name. */
import type {
  BlurDescription,
  Degradation,
  FilterWeights,
  FullDegradation,
  NoiseDescription,
} from "./description.ts";
import { lightDegradation } from "./light.ts";

const anyFilter: FilterWeights = { area: 1, bilinear: 1, bicubic: 1 };
const bilinear: FilterWeights = { area: 0, bilinear: 1, bicubic: 0 };

const realEsrganBlur: BlurDescription = {
  probability: 1,
  side: [7, 21],
  kernels: {
    isotropic: 0.45,
    anisotropic: 0.25,
    generalisedIsotropic: 0.12,
    generalisedAnisotropic: 0.03,
    plateauIsotropic: 0.12,
    plateauAnisotropic: 0.03,
  },
  sigma: [0.2, 3],
  generalisedBeta: [0.5, 4],
  plateauBeta: [1, 2],
  sinc: { probability: 0.1, cutOff: [1 / 3, 1], wideCutOff: [1 / 5, 1] },
};

const realEsrganNoise: NoiseDescription = {
  probability: 1,
  gaussian: 0.5,
  sigma: [1, 30],
  poissonScale: [0.05, 3],
  grey: 0.4,
};

/**
 * The degradation that ResShift trains with, and TAD-SR after it (ResShift,
 * configs/realsr_swinunet_realesrgan256.yaml): Real-ESRGAN's degradations, with the second round for half of the
 * pictures. Kernel sides are those that the comments of that file give.
 */
const realEsrgan: FullDegradation = {
  kind: "full",
  scale: 4,
  grey: 0,
  antialias: false,
  first: {
    blur: realEsrganBlur,
    resize: {
      up: 0.2,
      down: 0.7,
      keep: 0.1,
      either: 0,
      factor: [0.15, 1.5],
      even: "factor",
      filters: anyFilter,
    },
    noise: realEsrganNoise,
    jpeg: { probability: 1, quality: [30, 95] },
  },
  second: {
    probability: 0.5,
    blur: { ...realEsrganBlur, probability: 0.8, side: [7, 15], sigma: [0.2, 1.5] },
    resize: {
      up: 0.3,
      down: 0.4,
      keep: 0.3,
      either: 0,
      factor: [0.3, 1.2],
      even: "factor",
      filters: anyFilter,
    },
    noise: { ...realEsrganNoise, sigma: [1, 25], poissonScale: [0.05, 2.5] },
  },
  end: {
    filters: anyFilter,
    sinc: { probability: 0.8, side: [7, 15], cutOff: [1 / 3, 1] },
    jpeg: { probability: 1, quality: [30, 95] },
    jpegLast: 0.5,
  },
};

const testBlur: BlurDescription = {
  ...realEsrganBlur,
  side: [3, 11],
  kernels: {
    isotropic: 0.6,
    anisotropic: 0.4,
    generalisedIsotropic: 0,
    generalisedAnisotropic: 0,
    plateauIsotropic: 0,
    plateauAnisotropic: 0,
  },
  sigma: [0.2, 0.8],
  generalisedBeta: [1, 1.5],
  plateauBeta: [1, 1.2],
};

/**
 * How ImageNet-Test was made, on which the paper's Table I measures (ResShift,
 * configs/degradation_testing_realesrgan.yaml).
 */
const imagenetTest: FullDegradation = {
  ...realEsrgan,
  first: {
    blur: testBlur,
    resize: { ...realEsrgan.first.resize, factor: [0.5, 1.5] },
    noise: { ...realEsrganNoise, sigma: [1, 15], poissonScale: [0.05, 0.3] },
    jpeg: { probability: 1, quality: [70, 95] },
  },
  second: {
    probability: 0,
    blur: { ...testBlur, probability: 0.2, side: [3, 5], sigma: [0.2, 0.5] },
    resize: { ...realEsrgan.second.resize, factor: [0.8, 1.2] },
    noise: { ...realEsrganNoise, sigma: [1, 10], poissonScale: [0.05, 0.2] },
  },
  end: {
    ...realEsrgan.end,
    sinc: { probability: 0.2, side: [3, 5], cutOff: [1 / 3, 1] },
    jpeg: { probability: 1, quality: [80, 100] },
  },
};

/**
 * Degradation of faces of 512 x 512 as in GFPGAN (Wang et al. 2021, section 4.1, with ResShift's intervals): blur,
 * shrinking, noise and JPEG, then back to the original's size.
 */
const face: FullDegradation = {
  kind: "full",
  scale: 1,
  grey: 0.01,
  antialias: false,
  first: {
    blur: {
      ...realEsrganBlur,
      side: [41, 41],
      kernels: { ...testBlur.kernels, isotropic: 0.5, anisotropic: 0.5 },
      sigma: [0.1, 15],
      sinc: { ...realEsrganBlur.sinc, probability: 0 },
    },
    resize: {
      up: 0,
      down: 0,
      keep: 0,
      either: 1,
      factor: [1 / 32, 1 / 0.8],
      even: "divisor",
      filters: bilinear,
    },
    noise: { probability: 1, gaussian: 1, sigma: [0, 20], poissonScale: [0.05, 3], grey: 0 },
    jpeg: { probability: 1, quality: [30, 100] },
  },
  second: { ...realEsrgan.second, probability: 0 },
  end: {
    filters: bilinear,
    sinc: { probability: 0, side: [7, 21], cutOff: [1 / 3, 1] },
    jpeg: { probability: 0, quality: [30, 100] },
    jpegLast: 0,
  },
};

export const degradationPresets = {
  realesrgan: realEsrgan,
  "imagenet-test": imagenetTest,
  face,
  light: lightDegradation,
  bicubic: { kind: "bicubic", scale: 4 },
} as const satisfies Readonly<Record<string, Degradation>>;

export type DegradationPreset = keyof typeof degradationPresets;

/** The degradation that training uses by default. */
export const DEFAULT_DEGRADATION: DegradationPreset = "realesrgan";
