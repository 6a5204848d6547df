import { normal, uniform } from "@tadsr/core";
import { type GaussianBlur, gaussianBlur } from "./blur.ts";
import { type NoisePlace, placeOf } from "./data-streams.ts";
import { crop, type FloatPicture, fromBytes, toBytes } from "./float-picture.ts";
import { throughJpeg } from "./jpeg.ts";
import { type ResizeFilter, resize, resizeFilters, type Size } from "./resampling.ts";

/** A closed interval. */
export type Range = readonly [lowest: number, highest: number];

/**
 * What the degradation may do, as data. Probabilities are of the thing happening; intervals are drawn from
 * evenly. Lengths are pixels of the high-resolution picture, noise is of values 0..1.
 */
export interface DegradationRanges {
  /** Probability that nothing happens but bicubic shrinking. */
  readonly onlyBicubic: number;
  readonly blur: {
    readonly probability: number;
    /** Standard deviation along the longer axis. */
    readonly sigma: Range;
    /** Probability of a round kernel. */
    readonly isotropic: number;
    /** Shorter axis over longer axis where the kernel is not round. */
    readonly flattening: Range;
  };
  /** The size at which noise and the first JPEG happen, over the high-resolution size. */
  readonly intermediateScale: Range;
  readonly noise: {
    readonly probability: number;
    readonly sigma: Range;
    /** Probability of the same noise in the three colours. */
    readonly gray: number;
  };
  /** JPEG at the intermediate size. */
  readonly firstJpeg: { readonly probability: number; readonly quality: Range };
  /** JPEG at the final size. */
  readonly secondJpeg: { readonly probability: number; readonly quality: Range };
}

/** The first form: one round of blur, resize, noise and JPEG, with clean and nearly clean cases among them. */
export const defaultDegradationRanges: DegradationRanges = {
  onlyBicubic: 0.1,
  blur: { probability: 0.8, sigma: [0.2, 2.2], isotropic: 0.5, flattening: [0.25, 1] },
  intermediateScale: [0.25, 0.75],
  noise: { probability: 0.8, sigma: [0, 12 / 255], gray: 0.4 },
  firstJpeg: { probability: 0.8, quality: [50, 95] },
  secondJpeg: { probability: 0.4, quality: [50, 95] },
};

/** One degradation, decided: what remains is arithmetic. `null` is "not this one". */
export interface DegradationParameters {
  readonly blur: GaussianBlur | null;
  readonly intermediate: { readonly scale: number; readonly filter: ResizeFilter } | null;
  readonly noise: {
    readonly sigma: number;
    readonly gray: boolean;
    /** Where the noise itself is read: normals, by rows, three to a pixel or one where gray. */
    readonly place: NoisePlace;
  } | null;
  /** JPEG quality at the intermediate size. */
  readonly firstJpeg: number | null;
  readonly finalFilter: ResizeFilter;
  /** JPEG quality at the final size. */
  readonly secondJpeg: number | null;
}

/** Plain bicubic shrinking as a degradation. */
export const onlyBicubic: DegradationParameters = {
  blur: null,
  intermediate: null,
  noise: null,
  firstJpeg: null,
  finalFilter: "bicubic",
  secondJpeg: null,
};

const within = ([lowest, highest]: Range, u: number): number => lowest + u * (highest - lowest);

/** A whole number, both ends included and equally likely. */
const wholeWithin = ([lowest, highest]: Range, u: number): number =>
  Math.floor(within([lowest, highest + 1], u));

const filterOf = (u: number): ResizeFilter =>
  resizeFilters[Math.floor(u * resizeFilters.length)] ?? "bicubic";

/**
 * Draws a degradation from fourteen uniform numbers at `places.parameters`. Each parameter has a number of
 * its own, drawn whether it is used or not, so that changing one range leaves the others' draws alone.
 */
export const degradationParameters = (
  places: { readonly parameters: NoisePlace; readonly noise: NoisePlace },
  ranges: DegradationRanges = defaultDegradationRanges,
): DegradationParameters => {
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
        ? { sigma: within(noise.sigma, u(9)), gray: u(10) < noise.gray, place: places.noise }
        : null,
    firstJpeg: u(11) < firstJpeg.probability ? wholeWithin(firstJpeg.quality, u(12)) : null,
    finalFilter: filterOf(u(13)),
    secondJpeg: u(14) < secondJpeg.probability ? wholeWithin(secondJpeg.quality, u(15)) : null,
  };
};

const withNoise = (
  { width, height, data }: FloatPicture,
  { sigma, gray, place }: NonNullable<DegradationParameters["noise"]>,
): FloatPicture => {
  const pixels = width * height;
  const drawn = normal(place.source, place.position, gray ? pixels : 3 * pixels);
  const noisy = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const at = gray ? Math.floor(i / 3) : i;
    noisy[i] = (data[i] as number) + sigma * (drawn[at] as number);
  }
  return { width, height, data: noisy };
};

/**
 * Blur, resize to an intermediate size, Gaussian noise, JPEG, resize to exactly `size`, JPEG again; each if
 * `parameters` asks for it. The result has 8-bit values. The same arguments give the same bytes.
 */
export const degrade = async (
  picture: FloatPicture,
  parameters: DegradationParameters,
  size: Size,
): Promise<FloatPicture> => {
  const { blur, intermediate, noise, firstJpeg, finalFilter, secondJpeg } = parameters;
  const blurred = blur === null ? picture : gaussianBlur(picture, blur);
  const middle =
    intermediate === null
      ? blurred
      : resize(blurred, scaled(picture, intermediate.scale), intermediate.filter);
  const noisy = noise === null ? middle : withNoise(middle, noise);
  const compressed = firstJpeg === null ? noisy : await throughJpeg(noisy, firstJpeg);
  const small = resize(compressed, size, finalFilter);
  return secondJpeg === null ? fromBytes(toBytes(small)) : throughJpeg(small, secondJpeg);
};

const scaled = ({ width, height }: Size, scale: number): Size => ({
  width: Math.max(1, Math.round(scale * width)),
  height: Math.max(1, Math.round(scale * height)),
});

/** Cuts the right and lower edge so that both sides are multiples of `scale`. */
export const cropToMultiple = (picture: FloatPicture, scale = 4): FloatPicture =>
  crop(picture, {
    x: 0,
    y: 0,
    width: picture.width - (picture.width % scale),
    height: picture.height - (picture.height % scale),
  });

/** What distinguishes a whole picture's degradation: the seed, and a number of the picture's own, 0..2^32-1. */
export interface PictureSeed {
  readonly seed: number;
  readonly key: number;
}

/** A pair for validation: the original cut to multiples of four, its low-resolution picture, and how that came to be. */
export interface DegradedPicture {
  readonly hr: FloatPicture;
  readonly lr: FloatPicture;
  readonly parameters: DegradationParameters;
}

const quarter = ({ width, height }: Size): Size => ({ width: width / 4, height: height / 4 });

/**
 * Degrades a whole picture to a quarter of its size (first cut to multiples of four). Both sides must be at
 * least four pixels.
 */
export const degradePicture = async (
  picture: FloatPicture,
  { seed, key }: PictureSeed,
  ranges: DegradationRanges = defaultDegradationRanges,
): Promise<DegradedPicture> => {
  const hr = cropToMultiple(picture);
  const places = {
    parameters: placeOf("wholePictureParameters", seed, key),
    noise: placeOf("wholePictureNoise", seed, key),
  };
  const parameters = degradationParameters(places, ranges);
  return { hr, lr: await degrade(hr, parameters, quarter(hr)), parameters };
};

/** The plain low-resolution picture: bicubic, antialiased, 8-bit values. */
export const bicubicPicture = async (picture: FloatPicture): Promise<DegradedPicture> => {
  const hr = cropToMultiple(picture);
  return { hr, lr: await degrade(hr, onlyBicubic, quarter(hr)), parameters: onlyBicubic };
};
