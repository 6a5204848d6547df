/** What an evaluation is made of, as data. Relative paths start from the evaluation's working folder. */
import type { ModelChoices, OnInterrupt } from "@tadsr/files";
import type { UpscalerOptions } from "@tadsr/upscale";

/** Bicubic interpolation by the kernel with which the paper makes z_y. */
export interface BicubicSource {
  readonly kind: "bicubic";
  readonly name: string;
}

/** Pictures that were made elsewhere. */
export interface FolderSource {
  readonly kind: "folder";
  readonly name: string;
  /** `{seed}` in it stands for each seed. Without that, its pictures are for all seeds. */
  readonly folder: string;
}

export interface ModelSource {
  readonly kind: "model";
  readonly name: string;
  /** A shipped model's name, a folder, or a file of weights. */
  readonly model: string;
  /** A second file of weights, and its share of the sum, from 0 to 1. */
  readonly mix?: { readonly file: string; readonly share: number };
  /** Steps of its sampler; if left out, those for all models, or its own. */
  readonly steps?: number;
}

/** A method, whose name is that of its row in the report. */
export type MethodSource = BicubicSource | FolderSource | ModelSource;

/** Options for all models. Each goes to the models that have a use for it; one that none uses is an error. */
export interface ModelsOptions
  extends Omit<ModelChoices, "mix">,
    Pick<UpscalerOptions, "tile" | "steps" | "sampler" | "colourCorrection"> {}

export interface MetricsChoice {
  /** Names of metrics. If left out: psnr, ssim and niqe, and perceptual if there are features. */
  readonly names?: readonly string[];
  /** Pixels that the comparing metrics leave out at each edge; 0 if left out. */
  readonly border?: number;
  /** Whether luma is rounded to whole numbers; exact if left out. */
  readonly luma?: "exact" | "rounded";
  /** Files for the perceptual distance: a feature network's weights, and LPIPS's weights of its channels. */
  readonly features?: { readonly weights: string; readonly linear?: string };
}

export interface KeepChoice {
  readonly folder: string;
  /** Whether the folder may exist; if so, pictures in it are replaced. */
  readonly replace: boolean;
  /** Registers what removes a half-written picture if the program is interrupted. */
  readonly onInterrupt?: OnInterrupt;
}
