/** What a degradation may do, as data that JSON can hold. Intervals are drawn from evenly. */
import type { ResizeFilter } from "../resampling.ts";
import type { LightDegradation } from "./light.ts";

/** A closed interval. */
export type Range = readonly [lowest: number, highest: number];

/** Shapes of kernels and how often each is drawn, in any unit: only the ratios count. */
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
  /** Standard deviation in pixels; of a kernel that is not round each of its two axes draws one. */
  readonly sigma: Range;
  /** A half of the draws lies below 1, a half above, where the interval reaches to both sides of it. */
  readonly generalisedBeta: Range;
  /** Likewise. */
  readonly plateauBeta: Range;
  /** A sinc kernel in place of the others. */
  readonly sinc: {
    readonly probability: number;
    /** Cut-off as a share of the highest frequency, for kernels below 13 pixels. */
    readonly cutOff: Range;
    /** The same for kernels of 13 pixels and more. */
    readonly wideCutOff: Range;
  };
}

/** How often each filter is drawn, in any unit. */
export type FilterWeights = Readonly<Record<ResizeFilter, number>>;

export interface ResizeDescription {
  /** How often the picture grows, shrinks, stays, and does whatever `factor` allows; in any unit. */
  readonly up: number;
  readonly down: number;
  readonly keep: number;
  readonly either: number;
  /** What sides are multiplied by: to grow, the part above 1 is drawn from, to shrink, the part below. */
  readonly factor: Range;
  /** What is drawn evenly: the factor, or its inverse, by which sides are divided. */
  readonly even: "factor" | "divisor";
  readonly filters: FilterWeights;
}

export interface NoiseDescription {
  readonly probability: number;
  /** Probability of Gaussian noise; else it is Poisson's. */
  readonly gaussian: number;
  /** Standard deviation of Gaussian noise, of 255. */
  readonly sigma: Range;
  /** What Poisson noise is multiplied by. */
  readonly poissonScale: Range;
  /** Probability of the same noise in the three colours. */
  readonly grey: number;
}

export interface JpegDescription {
  readonly probability: number;
  /** Whole numbers 1..100, both ends included. */
  readonly quality: Range;
}

/**
 * Real-ESRGAN's pipeline (Wang et al. 2021, Figure 2): blur, resizing, noise and JPEG; with some probability blur,
 * resizing and noise again, sizes now relative to the result's; at the end resizing to the result's size, a sinc filter
 * and JPEG, or JPEG before these two.
 */
export interface FullDegradation {
  readonly kind: "full";
  /** The original's side over the result's. */
  readonly scale: number;
  /** Probability that original and result are without colour. */
  readonly grey: number;
  /**
   * Whether filters widen as the picture shrinks. The field's pipelines interpolate without, so that fine detail turns
   * into jagged edges, as it does in many a program.
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
    /** Probability that JPEG comes after resizing and sinc; else it comes before them. */
    readonly jpegLast: number;
  };
}

/** Plain bicubic shrinking, antialiased, rounded to bytes. */
export interface BicubicDegradation {
  readonly kind: "bicubic";
  readonly scale: number;
}

export type SingleDegradation = BicubicDegradation | LightDegradation | FullDegradation;

/** One of several degradations for each picture; all have one scale. */
export interface MixedDegradation {
  readonly kind: "mix";
  readonly of: readonly {
    /** How often it is drawn, in any unit. */
    readonly weight: number;
    readonly degradation: SingleDegradation;
  }[];
}

export type Degradation = SingleDegradation | MixedDegradation;

/** The original's side over the result's. */
export const scaleOf = (degradation: Degradation): number =>
  degradation.kind === "mix"
    ? scaleOf((degradation.of[0] as MixedDegradation["of"][number]).degradation)
    : degradation.scale;
