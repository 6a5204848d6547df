import { uniform } from "@tadsr/core";
import { type NoisePlace, placeOf } from "./data-streams.ts";
import { applyDegradation } from "./degradation/apply.ts";
import type { Degradation } from "./degradation/description.ts";
import { drawDegradation } from "./degradation/draw.ts";
import { crop, cropBytes, type FloatPicture, type Rectangle } from "./float-picture.ts";
import { firstUsable, type Photographs } from "./photographs.ts";
import { noneUsable } from "./picture-files.ts";

export interface BatchOptions {
  readonly seed: number;
  /** Samples in a batch. */
  readonly batch: number;
  /** Side of the high-resolution crops in pixels, a multiple of `scale`. */
  readonly cropHR: number;
  /** The degradation's. */
  readonly scale: number;
  readonly degradation: Degradation;
  /** Whether the photographs' crops are wanted beside the small pictures. */
  readonly originals: boolean;
  /**
   * The share of small pictures that are photographs as they are, neither shrunk nor degraded; they have no
   * original, so that it is 0 where originals are wanted.
   */
  readonly asTheyAre: number;
}

/**
 * Crops, values -1..1: `lr` [n, cropHR/scale, cropHR/scale, 3] and what they were made of, `hr` [n, cropHR, cropHR,
 * 3], null where that is not wanted.
 */
export interface TrainingBatch {
  readonly step: number;
  readonly hr: Float32Array | null;
  readonly lr: Float32Array;
}

/**
 * Low-resolution pixels degraded around a crop at least: no edge effect of one round of blur reaches it, and little of
 * two.
 */
const margin = 4;

/** JPEG blocks' side: crops lie at any place of the blocks' grid, as they do in whole pictures. */
const blockSide = 8;

/** An origin such that `side` pixels lie inside `size`, or, where they do not fit, cover it. */
const originOf = (size: number, side: number, u: number): number => {
  const room = size - side;
  return room >= 0 ? Math.floor(u * (room + 1)) : -Math.floor(u * (1 - room));
};

/** Element of a sample's crop stream from which a photograph is drawn again. */
const DRAWN_AGAIN = 16;

/** Places of photographs: the one that `u` says, then others, for where it cannot be used. */
function* places(u: number, total: number, { source, position }: NoisePlace): Generator<number> {
  yield Math.floor(u * total);
  for (let n = DRAWN_AGAIN; ; n++) {
    const [again = 0] = uniform(source, position + n, 1);
    yield Math.floor(again * total);
  }
}

const trainingPair = async (
  photographs: Photographs,
  { seed, cropHR, scale, degradation, originals, asTheyAre }: BatchOptions,
  step: number,
  sample: number,
): Promise<{ readonly hr: FloatPicture | null; readonly lr: FloatPicture }> => {
  const place = placeOf("crop", seed, step, sample);
  const drawn = uniform(place.source, place.position, 9);
  const u = (index: number): number => drawn[index] as number;
  const { folder, names } = photographs;
  const photograph = await firstUsable(photographs, places(u(0), names.length, place));
  if (photograph === null) {
    throw new Error(noneUsable(folder, names.length, photographs.skipped()[0]).message);
  }
  const lrSide = cropHR / scale;
  const symmetry = { transpose: u(3) < 0.5, mirrorColumns: u(4) < 0.5, mirrorRows: u(5) < 0.5 };
  const cropOf = (side: number): FloatPicture =>
    cropBytes(
      photograph,
      {
        x: originOf(photograph.width, side, u(1)),
        y: originOf(photograph.height, side, u(2)),
        width: side,
        height: side,
      },
      symmetry,
    );
  if (u(8) < asTheyAre) return { hr: null, lr: cropOf(lrSide) };
  const patchLR = lrSide + 2 * margin + blockSide - 1;
  const patchHR = patchLR * scale;
  const patch = cropOf(patchHR);
  const decided = drawDegradation(degradation, {
    parameters: placeOf("parameters", seed, step, sample),
    noise: placeOf("noise", seed, step, sample),
    secondNoise: placeOf("secondNoise", seed, step, sample),
  });
  const { hr, lr } = await applyDegradation(patch, decided, { width: patchLR, height: patchLR });
  const inner: Rectangle = {
    x: margin + Math.floor(blockSide * u(6)),
    y: margin + Math.floor(blockSide * u(7)),
    width: lrSide,
    height: lrSide,
  };
  return {
    hr: originals
      ? crop(hr, { x: inner.x * scale, y: inner.y * scale, width: cropHR, height: cropHR })
      : null,
    lr: crop(lr, inner),
  };
};

const stacked = (pictures: readonly FloatPicture[]): Float32Array => {
  const length = pictures[0]?.data.length ?? 0;
  const data = new Float32Array(length * pictures.length);
  for (const [n, picture] of pictures.entries())
    for (let i = 0; i < length; i++) data[n * length + i] = 2 * (picture.data[i] as number) - 1;
  return data;
};

/**
 * The batch of a step: for each sample a photograph, a crop of it, one of the eight symmetries of the square
 * and a degradation. A pure function of the photographs, the options and the step; sample n does not depend
 * on the size of the batch. Where a photograph cannot be used, another is drawn from the sample's own random numbers.
 * `cropHR` is a multiple of `scale`. Rejects where no photograph can be used.
 */
export const trainingBatch = async (
  photographs: Photographs,
  options: BatchOptions,
  step: number,
): Promise<TrainingBatch> => {
  const pairs = await Promise.all(
    Array.from({ length: options.batch }, (_, sample) => trainingPair(photographs, options, step, sample)),
  );
  const photographed = pairs.flatMap(({ hr }) => (hr === null ? [] : [hr]));
  return {
    step,
    hr: options.originals ? stacked(photographed) : null,
    lr: stacked(pairs.map(({ lr }) => lr)),
  };
};

/**
 * The batches of steps `from`, `from` + 1, ... without end. While one is in use the next is on its way: its
 * JPEG work runs on sharp's threads, the rest whenever the caller awaits something.
 */
export async function* batchStream(
  photographs: Photographs,
  options: BatchOptions,
  { from }: { readonly from: number },
): AsyncGenerator<TrainingBatch, never> {
  let next = trainingBatch(photographs, options, from);
  for (let step = from + 1; ; step++) {
    const batch = await next;
    next = trainingBatch(photographs, options, step);
    // A failure is the next caller's to see, and no one's where the caller stops before it.
    next.catch(() => undefined);
    yield batch;
  }
}
