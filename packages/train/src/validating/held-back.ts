/** The photographs for validation: a crop of each, degraded once. */
import { bicubicResize } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { TrainingBatch } from "../batches.ts";
import { type Degradation, scaleOf } from "../degradation/description.ts";
import { degradePicture } from "../degradation/picture.ts";
import { cropBytes, type FloatPicture } from "../float-picture.ts";
import {
  firstUsable,
  openPhotographs,
  type Photograph,
  type Photographs,
  type SkippedPicture,
} from "../photographs.ts";
import { type DataError, noneUsable } from "../picture-files.ts";
import { keyOfName } from "../validation.ts";
import type { ValidationPlan } from "./plan.ts";

/** A crop, and the pictures made from it; values 0..1. */
export interface HeldBackPicture {
  readonly name: string;
  readonly original: FloatPicture;
  readonly small: FloatPicture;
  /** `small` upscaled by bicubic interpolation to the size of the original. */
  readonly bicubic: FloatPicture;
}

/** The seed of the degradations. It is the same in every run, so that runs can be compared. */
const SEED = 1;

/** Places that are spread evenly over 0..total - 1. */
const spread = (total: number, count: number): readonly number[] =>
  Array.from({ length: Math.min(total, count) }, (_, n) => Math.floor((n * total) / Math.min(total, count)));

/** The places from `start` on, and around to it again, without those that are taken. */
function* from(start: number, total: number, taken: ReadonlySet<number>): Generator<number> {
  for (let n = 0; n < total; n++) {
    const place = (start + n) % total;
    if (!taken.has(place)) yield place;
  }
}

const choose = async (photographs: Photographs, count: number): Promise<readonly Photograph[]> => {
  const { names } = photographs;
  const taken = new Set<number>();
  const chosen: Photograph[] = [];
  for (const start of spread(names.length, count)) {
    const photograph = await firstUsable(photographs, from(start, names.length, taken));
    if (photograph === null) break;
    taken.add(names.indexOf(photograph.name));
    chosen.push(photograph);
  }
  return chosen;
};

const degraded = async (
  photograph: Photograph,
  side: number,
  degradation: Degradation,
): Promise<HeldBackPicture> => {
  const { name, width, height } = photograph;
  const middle = cropBytes(photograph, {
    x: Math.floor((width - side) / 2),
    y: Math.floor((height - side) / 2),
    width: side,
    height: side,
  });
  const { hr, lr } = await degradePicture(middle, { seed: SEED, key: keyOfName(name) }, degradation);
  return {
    name,
    original: hr,
    small: lr,
    bicubic: bicubicResize(
      { ...lr, channels: 3 },
      lr.height * scaleOf(degradation),
      lr.width * scaleOf(degradation),
    ),
  };
};

export interface HeldBackOptions extends Pick<ValidationPlan, "data" | "pictures" | "crop"> {
  /** As in the training. */
  readonly shrink: number;
  readonly degradation: Degradation;
  readonly onSkipped?: (skipped: SkippedPicture) => void;
}

/**
 * Crops and degrades the photographs of a folder. The result depends on the folder and the options only. If a
 * photograph cannot be used or is smaller than the crop, `onSkipped` is called, and its neighbour is taken.
 */
export const openHeldBack =
  ({
    data,
    pictures,
    crop,
    shrink,
    degradation,
    onSkipped,
  }: HeldBackOptions): TaskEither<DataError, readonly HeldBackPicture[]> =>
  async () => {
    const watch = onSkipped === undefined ? {} : { onSkipped };
    const opened = await openPhotographs(data, { shrink, minimumSide: crop, cacheBytes: 0, ...watch })();
    if (E.isLeft(opened)) return opened;
    const photographs = opened.right;
    const chosen = await choose(photographs, pictures);
    if (chosen.length === 0)
      return E.left(noneUsable(data, photographs.names.length, photographs.skipped()[0]));
    const made: HeldBackPicture[] = [];
    for (const photograph of chosen) made.push(await degraded(photograph, crop, degradation));
    return E.right(made);
  };

/** Stacks pictures of one size into one array [n, side, side, 3], values -1..1. */
const stacked = (pictures: readonly FloatPicture[]): Float32Array => {
  const length = pictures[0]?.data.length ?? 0;
  const data = new Float32Array(length * pictures.length);
  for (const [n, picture] of pictures.entries())
    data.set(
      picture.data.map((v) => 2 * v - 1),
      n * length,
    );
  return data;
};

/** The small pictures as the batch of a step. Its number is 0, which no training step has. */
export const batchOf = (pictures: readonly HeldBackPicture[]): TrainingBatch => ({
  step: 0,
  hr: null,
  lr: stacked(pictures.map(({ small }) => small)),
});

/** The inverse of stacking: pictures of `side` pixels, values about 0..1. */
export const picturesOf = (data: Float32Array | Float64Array, side: number): readonly FloatPicture[] => {
  const length = 3 * side * side;
  return Array.from({ length: data.length / length }, (_, n) => ({
    width: side,
    height: side,
    data: Float32Array.from(data.subarray(n * length, (n + 1) * length), (v) => (v + 1) / 2),
  }));
};
