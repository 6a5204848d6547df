/**
 * Colour correction. A latent model may shift colours, so the result takes its colours, or its low frequencies, from
 * the bicubic upsampling. These are the two ways that the field calls `wavelet` and `adain`, from their definitions.
 */
import type { FloatRaster } from "../picture.ts";

export const COLOUR_CORRECTIONS = ["none", "wavelet", "adain"] as const;

export type ColourCorrection = (typeof COLOUR_CORRECTIONS)[number];

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/** The mean and the population's standard deviation of one channel over all pixels. */
const momentsOf = ({ data, channels }: FloatRaster, channel: number): Moments => {
  const count = data.length / channels;
  let sum = 0;
  for (let i = channel; i < data.length; i += channels) sum += data[i] as number;
  const mean = sum / count;
  let squares = 0;
  for (let i = channel; i < data.length; i += channels) squares += ((data[i] as number) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
};

/**
 * Adaptive instance normalisation (Huang and Belongie, 2017): each channel of the picture gets the mean and the
 * standard deviation of the target's. A constant channel becomes the target's mean.
 */
export const adaptiveNormalisation = (picture: FloatRaster, target: FloatRaster): FloatRaster => {
  const { channels } = picture;
  const data = new Float32Array(picture.data.length);
  for (let c = 0; c < channels; c++) {
    const [from, to] = [momentsOf(picture, c), momentsOf(target, c)];
    const factor = from.deviation === 0 ? 0 : to.deviation / from.deviation;
    for (let i = c; i < data.length; i += channels)
      data[i] = ((picture.data[i] as number) - from.mean) * factor + to.mean;
  }
  return { ...picture, data };
};

/** The picture keeps its own detail up to 2^5 pixels. */
const LEVELS = 5;

/** [1, 2, 1] / 4 with taps `reach` pixels apart along one axis. Edge pixels are repeated. */
const blurAxis = (
  { width, height, channels, data }: FloatRaster,
  reach: number,
  axis: "rows" | "columns",
): Float32Array => {
  const result = new Float32Array(data.length);
  const row = width * channels;
  const [length, step] = axis === "rows" ? [height, row] : [width, channels];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const place = axis === "rows" ? y : x;
      const before = (Math.max(0, place - reach) - place) * step;
      const after = (Math.min(length - 1, place + reach) - place) * step;
      const start = y * row + x * channels;
      for (let i = start; i < start + channels; i++)
        result[i] =
          (2 * (data[i] as number) + (data[i + before] as number) + (data[i + after] as number)) / 4;
    }
  return result;
};

/** The last approximation of the a-trous decomposition: blurred with taps 1, 2, 4, 8 and 16 pixels apart. */
export const lowFrequencies = (picture: FloatRaster): FloatRaster => {
  let blurred = picture;
  for (let level = 0; level < LEVELS; level++) {
    const across = { ...blurred, data: blurAxis(blurred, 2 ** level, "columns") };
    blurred = { ...across, data: blurAxis(across, 2 ** level, "rows") };
  }
  return blurred;
};

/** The picture's own high frequencies (all that the blurs removed) plus the target's low ones. */
export const waveletCorrection = (picture: FloatRaster, target: FloatRaster): FloatRaster => {
  const [own, wanted] = [lowFrequencies(picture), lowFrequencies(target)];
  const data = picture.data.map((value, i) => value + ((wanted.data[i] as number) - (own.data[i] as number)));
  return { ...picture, data };
};

/** `target` is the bicubic upsampling, of the picture's size; values are not clamped. */
export const correctColours = (
  correction: ColourCorrection,
  picture: FloatRaster,
  target: () => FloatRaster,
): FloatRaster => {
  switch (correction) {
    case "none":
      return picture;
    case "wavelet":
      return waveletCorrection(picture, target());
    case "adain":
      return adaptiveNormalisation(picture, target());
  }
};
