/** How far pictures are from others. */
import type { FloatPicture } from "../float-picture.ts";

export interface Closeness {
  /** The mean absolute difference of all values, of the range 0..1. */
  readonly error: number;
  /** The mean of the pictures' peak signal-to-noise ratios, in dB; 100 where a picture is the same. */
  readonly psnr: number;
}

const clamped = (value: number): number => Math.min(1, Math.max(0, value));

/** The error that 100 dB are. */
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

/** Of pictures against as many others of the same sizes; values beyond 0..1 are clamped, as a file clamps them. */
export const closeness = (pictures: readonly FloatPicture[], others: readonly FloatPicture[]): Closeness => {
  const pairs = pictures.map((picture, n) => ofPair(picture, others[n] as FloatPicture));
  return { error: mean(pairs.map(({ error }) => error)), psnr: mean(pairs.map(({ psnr }) => psnr)) };
};

/** What the target network's pictures say. */
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
  /** The mean absolute error from the originals, of the range 0..1. */
  readonly error: number;
  /** In dB. */
  readonly psnr: number;
  /** The error as a share of bicubic interpolation's. */
  readonly errorToBicubic: number;
  /** dB more than bicubic interpolation has. */
  readonly psnrOverBicubic: number;
  /** null where the training has no target network. */
  readonly target: TargetMeasures | null;
}

/** What there is to compare: pictures of the same order and sizes. */
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
