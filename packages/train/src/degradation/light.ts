/**
 * The project's first degradation: one mild round of blur, resize, noise and JPEG, with some clean and nearly clean
 * cases.
 */
import { uniform } from "@tadsr/core";
import type { Size } from "@tadsr/model";
import { type GaussianBlur, gaussianBlur } from "../blur.ts";
import type { NoisePlace } from "../data-streams.ts";
import { type FloatPicture, fromBytes, toBytes } from "../float-picture.ts";
import { throughJpeg } from "../jpeg.ts";
import { type ResizeFilter, resize, resizeFilters } from "../resampling.ts";
import type { Range } from "./description.ts";
import { type GaussianNoise, withGaussianNoise } from "./noise.ts";
import { scaled, wholeWithin, within } from "./within.ts";

/**
 * What the degradation may do, as data. Probabilities are those of each stage happening, and numbers are drawn evenly
 * from intervals. Lengths are in pixels of the high-resolution picture; noise is in the units of values 0..1.
 */
export interface LightDegradation {
  readonly kind: "light";
  /** The original's side divided by the result's. */
  readonly scale: number;
  /** Probability that only bicubic shrinking happens. */
  readonly onlyBicubic: number;
  readonly blur: {
    readonly probability: number;
    /** Standard deviation along the longer axis. */
    readonly sigma: Range;
    /** Probability of a round kernel. */
    readonly isotropic: number;
    /** The shorter axis divided by the longer one, if the kernel is not round. */
    readonly flattening: Range;
  };
  /** The size at which noise and the first JPEG happen, divided by the high-resolution size. */
  readonly intermediateScale: Range;
  readonly noise: {
    readonly probability: number;
    readonly sigma: Range;
    /** Probability that the three colours have the same noise. */
    readonly grey: number;
  };
  /** JPEG at the intermediate size. */
  readonly firstJpeg: { readonly probability: number; readonly quality: Range };
  /** JPEG at the final size. */
  readonly secondJpeg: { readonly probability: number; readonly quality: Range };
}

/** The degradation that the first small-x4 was trained with. */
export const lightDegradation: LightDegradation = {
  kind: "light",
  scale: 4,
  onlyBicubic: 0.1,
  blur: { probability: 0.8, sigma: [0.2, 2.2], isotropic: 0.5, flattening: [0.25, 1] },
  intermediateScale: [0.25, 0.75],
  noise: { probability: 0.8, sigma: [0, 12 / 255], grey: 0.4 },
  firstJpeg: { probability: 0.8, quality: [50, 95] },
  secondJpeg: { probability: 0.4, quality: [50, 95] },
};

/** A drawn light degradation. Nothing random is left. `null` means that a stage is left out. */
export interface LightParameters {
  readonly blur: GaussianBlur | null;
  readonly intermediate: { readonly scale: number; readonly filter: ResizeFilter } | null;
  readonly noise: GaussianNoise | null;
  /** JPEG quality at the intermediate size. */
  readonly firstJpeg: number | null;
  readonly finalFilter: ResizeFilter;
  /** JPEG quality at the final size. */
  readonly secondJpeg: number | null;
}

/** Plain bicubic shrinking as a degradation. */
export const onlyBicubic: LightParameters = {
  blur: null,
  intermediate: null,
  noise: null,
  firstJpeg: null,
  finalFilter: "bicubic",
  secondJpeg: null,
};

const filterOf = (u: number): ResizeFilter =>
  resizeFilters[Math.floor(u * resizeFilters.length)] ?? "bicubic";

/**
 * Draws a degradation from sixteen uniform numbers at `places.parameters`. Each parameter has a number of its own,
 * which is drawn even if it is not used. So changing one range does not change the others' draws.
 */
export const lightParameters = (
  places: { readonly parameters: NoisePlace; readonly noise: NoisePlace },
  ranges: LightDegradation,
): LightParameters => {
  const drawn = uniform(places.parameters.source, places.parameters.position, 16);
  const u = (index: number): number => drawn[index] as number;
  if (u(0) < ranges.onlyBicubic) return onlyBicubic;
  const { blur, noise, firstJpeg, secondJpeg } = ranges;
  const sigmaAlong = within(blur.sigma, u(2));
  const flattening = u(3) < blur.isotropic ? 1 : within(blur.flattening, u(4));
  return {
    blur:
      u(1) < blur.probability
        ? { sigmaAlong, sigmaAcross: flattening * sigmaAlong, angle: Math.PI * u(5) }
        : null,
    intermediate: { scale: within(ranges.intermediateScale, u(6)), filter: filterOf(u(7)) },
    noise:
      u(8) < noise.probability
        ? { sigma: within(noise.sigma, u(9)), grey: u(10) < noise.grey, place: places.noise }
        : null,
    firstJpeg: u(11) < firstJpeg.probability ? wholeWithin(firstJpeg.quality, u(12)) : null,
    finalFilter: filterOf(u(13)),
    secondJpeg: u(14) < secondJpeg.probability ? wholeWithin(secondJpeg.quality, u(15)) : null,
  };
};

/**
 * Blur, resize to an intermediate size, Gaussian noise, JPEG, resize to exactly `size`, JPEG again; each only if
 * `parameters` asks for it. The result has 8-bit values. The same arguments give the same bytes.
 */
export const degradeLightly = async (
  picture: FloatPicture,
  parameters: LightParameters,
  size: Size,
): Promise<FloatPicture> => {
  const { blur, intermediate, noise, firstJpeg, finalFilter, secondJpeg } = parameters;
  const blurred = blur === null ? picture : gaussianBlur(picture, blur);
  const middle =
    intermediate === null
      ? blurred
      : resize(blurred, scaled(picture, intermediate.scale), intermediate.filter);
  const noisy = noise === null ? middle : withGaussianNoise(middle, noise);
  const compressed = firstJpeg === null ? noisy : await throughJpeg(noisy, firstJpeg);
  const small = resize(compressed, size, finalFilter);
  return secondJpeg === null ? fromBytes(toBytes(small)) : throughJpeg(small, secondJpeg);
};
