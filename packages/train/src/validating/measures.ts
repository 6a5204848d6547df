/** How far pictures are from other pictures. */
import type { FloatPicture } from "../float-picture.ts";

export interface Closeness {
  /** The mean absolute difference of all values, for the range 0..1. */
  readonly error: number;
  /** The mean of the pictures' peak signal-to-noise ratios, in dB; at most 100 for each picture. */
  readonly psnr: number;
}

const clamped = (value: number): number => Math.min(1, Math.max(0, value));

/** The mean squared error that gives 100 dB. */
const LEAST_SQUARED_ERROR = 1e-10;

const ofPair = (a: FloatPicture, b: FloatPicture): Closeness => {
  let [absolute, squared] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const difference = clamped(a.data[i] as number) - clamped(b.data[i] as number);
    absolute += Math.abs(difference);
    squared += difference * difference;
  }
  const count = a.data.length;
  return {
    error: absolute / count,
    psnr: -10 * Math.log10(Math.max(squared / count, LEAST_SQUARED_ERROR)),
  };
};

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Compares pictures with the same number of others of the same sizes. Values beyond 0..1 are clamped, as in a file. */
export const closeness = (pictures: readonly FloatPicture[], others: readonly FloatPicture[]): Closeness => {
  const pairs = pictures.map((picture, n) => ofPair(picture, others[n] as FloatPicture));
  return { error: mean(pairs.map(({ error }) => error)), psnr: mean(pairs.map(({ psnr }) => psnr)) };
};

/** The measures that need the target network's pictures. */
export interface TargetMeasures {
  /** The mean absolute error from the target's pictures. */
  readonly distance: number;
  /** The same as a share of bicubic's distance from them. */
  readonly distanceToBicubic: number;
  /** The error from the originals as a share of the target's. */
  readonly errorToTarget: number;
}

/** One validation, as `validation.jsonl` has it. */
export interface ValidationMeasures {
  /** Steps done. */
  readonly step: number;
  /** The mean absolute error from the originals, for the range 0..1. */
  readonly error: number;
  /** PSNR in dB. */
  readonly psnr: number;
  /** The error as a share of bicubic interpolation's. */
  readonly errorToBicubic: number;
  /** PSNR minus that of bicubic interpolation, in dB. */
  readonly psnrOverBicubic: number;
  /** null if the training has no target network. */
  readonly target: TargetMeasures | null;
}

/** The pictures to compare, in the same order and with the same sizes. */
export interface Compared {
  readonly original: readonly FloatPicture[];
  readonly bicubic: readonly FloatPicture[];
  readonly now: readonly FloatPicture[];
  readonly target: readonly FloatPicture[] | null;
}

export const measured = (step: number, { original, bicubic, now, target }: Compared): ValidationMeasures => {
  const own = closeness(now, original);
  const plain = closeness(bicubic, original);
  const distance = target === null ? 0 : closeness(now, target).error;
  return {
    step,
    ...own,
    errorToBicubic: own.error / plain.error,
    psnrOverBicubic: own.psnr - plain.psnr,
    target:
      target === null
        ? null
        : {
            distance,
            distanceToBicubic: distance / closeness(bicubic, target).error,
            errorToTarget: own.error / closeness(target, original).error,
          },
  };
};
