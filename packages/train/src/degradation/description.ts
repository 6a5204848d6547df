/** What a degradation may do, as data that JSON can hold. Numbers are drawn evenly from intervals. */
import type { ResizeFilter } from "../resampling.ts";
import type { LightDegradation } from "./light.ts";

/** A closed interval. */
export type Range = readonly [lowest: number, highest: number];

/** The shapes of kernels, and how often each is drawn. Only the ratios count. */
export interface KernelWeights {
  readonly isotropic: number;
  readonly anisotropic: number;
  readonly generalisedIsotropic: number;
  readonly generalisedAnisotropic: number;
  readonly plateauIsotropic: number;
  readonly plateauAnisotropic: number;
}

export type KernelShape = keyof KernelWeights;

export interface BlurDescription {
  readonly probability: number;
  /** Odd sides of the kernel in pixels. */
  readonly side: Range;
  readonly kernels: KernelWeights;
  /** Standard deviation in pixels. If a kernel is not round, it is drawn once for each of its two axes. */
  readonly sigma: Range;
  /** Half of the draws are below 1 and half above, if the interval has numbers on both sides of 1. */
  readonly generalisedBeta: Range;
  /** As `generalisedBeta`. */
  readonly plateauBeta: Range;
  /** A sinc kernel instead of the other shapes. */
  readonly sinc: {
    readonly probability: number;
    /** The cut-off as a share of the highest frequency, for kernels below 13 pixels. */
    readonly cutOff: Range;
    /** The same for kernels of 13 pixels and more. */
    readonly wideCutOff: Range;
  };
}

/** How often each filter is drawn. Only the ratios count. */
export type FilterWeights = Readonly<Record<ResizeFilter, number>>;

export interface ResizeDescription {
  /** How often it grows, shrinks, keeps its size, or takes any factor (`either`). Only the ratios count. */
  readonly up: number;
  readonly down: number;
  readonly keep: number;
  readonly either: number;
  /** The factors of the sides. To grow, one is drawn from the part above 1; to shrink, from the part below 1. */
  readonly factor: Range;
  /** What is drawn evenly: the factor, or its inverse, which divides the sides. */
  readonly even: "factor" | "divisor";
  readonly filters: FilterWeights;
}

export interface NoiseDescription {
  readonly probability: number;
  /** Probability of Gaussian noise; else the noise is Poisson noise. */
  readonly gaussian: number;
  /** Standard deviation of Gaussian noise, in levels of 255. */
  readonly sigma: Range;
  /** The factor of the Poisson noise. */
  readonly poissonScale: Range;
  /** Probability that the three colours have the same noise. */
  readonly grey: number;
}

export interface JpegDescription {
  readonly probability: number;
  /** Whole numbers 1..100, both ends included. */
  readonly quality: Range;
}

/**
 * Real-ESRGAN's pipeline (Wang et al. 2021, Figure 2): blur, resizing, noise and JPEG; with some probability blur,
 * resizing and noise again, with sizes now relative to the result's; at the end resizing to the result's size, a sinc
 * filter and JPEG, or JPEG before these two.
 */
export interface FullDegradation {
  readonly kind: "full";
  /** The original's side divided by the result's. */
  readonly scale: number;
  /** Probability that original and result are grey. */
  readonly grey: number;
  /**
   * Whether filters widen as the picture shrinks. ResShift's and Real-ESRGAN's pipelines interpolate without that, so
   * fine detail turns into jagged edges, as it does in many programs.
   */
  readonly antialias: boolean;
  readonly first: {
    readonly blur: BlurDescription;
    readonly resize: ResizeDescription;
    readonly noise: NoiseDescription;
    readonly jpeg: JpegDescription;
  };
  readonly second: {
    readonly probability: number;
    readonly blur: BlurDescription;
    readonly resize: ResizeDescription;
    readonly noise: NoiseDescription;
  };
  readonly end: {
    readonly filters: FilterWeights;
    readonly sinc: { readonly probability: number; readonly side: Range; readonly cutOff: Range };
    readonly jpeg: JpegDescription;
    /** Probability that JPEG comes after resizing and sinc; else it comes before both. */
    readonly jpegLast: number;
  };
}

/** Plain bicubic shrinking, antialiased, rounded to bytes. */
export interface BicubicDegradation {
  readonly kind: "bicubic";
  readonly scale: number;
}

export type SingleDegradation = BicubicDegradation | LightDegradation | FullDegradation;

/** One of several degradations, drawn for each picture. All have the same scale. */
export interface MixedDegradation {
  readonly kind: "mix";
  readonly of: readonly {
    /** How often it is drawn. Only the ratios count. */
    readonly weight: number;
    readonly degradation: SingleDegradation;
  }[];
}

export type Degradation = SingleDegradation | MixedDegradation;

/** The original's side divided by the result's. */
export const scaleOf = (degradation: Degradation): number =>
  degradation.kind === "mix"
    ? scaleOf((degradation.of[0] as MixedDegradation["of"][number]).degradation)
    : degradation.scale;
