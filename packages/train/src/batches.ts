import { uniform } from "@tadsr/core";
import type { Rectangle } from "@tadsr/model";
import { type NoisePlace, placeOf } from "./data-streams.ts";
import { applyDegradation } from "./degradation/apply.ts";
import type { Degradation } from "./degradation/description.ts";
import { drawDegradation } from "./degradation/draw.ts";
import { crop, cropBytes, type FloatPicture } from "./float-picture.ts";
import { firstUsable, type Photographs } from "./photographs.ts";
import { noneUsable } from "./picture-files.ts";

export interface BatchOptions {
  readonly seed: number;
  /** Samples in a batch. */
  readonly batch: number;
  /** Side of the high-resolution crops in pixels, a multiple of `scale`. */
  readonly cropHR: number;
  /** The factor of the degradation. */
  readonly scale: number;
  readonly degradation: Degradation;
  /** Whether the crops of the photographs are needed besides the small pictures. */
  readonly originals: boolean;
  /**
   * The share of small pictures that are crops of photographs unchanged, neither shrunk nor degraded. They have no
   * original, so this must be 0 if originals are needed.
   */
  readonly asTheyAre: number;
}

/**
 * Crops with values -1..1: `lr` [n, cropHR/scale, cropHR/scale, 3], and `hr` [n, cropHR, cropHR, 3], from which `lr`
 * was made; null if it is not needed.
 */
export interface TrainingBatch {
  readonly step: number;
  readonly hr: Float32Array | null;
  readonly lr: Float32Array;
}

/**
 * At least this many low-resolution pixels are degraded around a crop. The edge effect of one round of blur does not
 * reach the crop, and that of two rounds hardly does.
 */
const margin = 4;

/** The side of a JPEG block. Crops lie anywhere on the grid of blocks, as in whole pictures. */
const blockSide = 8;

/** An origin with which `side` pixels are inside `size`, or cover it if `side` is larger. */
const originOf = (size: number, side: number, u: number): number => {
  const room = size - side;
  return room >= 0 ? Math.floor(u * (room + 1)) : -Math.floor(u * (1 - room));
};

/** The element of a sample's crop stream from which replacements for a photograph are drawn. */
const DRAWN_AGAIN = 16;

/** The place of a photograph: first the one that `u` gives, then others in case it cannot be used. */
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
 * The batch of a step: for each sample a photograph, a crop of it, one of the eight symmetries of the square, and a
 * degradation. It is a pure function of the photographs, the options and the step. Sample n does not depend on the size
 * of the batch. If a photograph cannot be used, another is drawn from the sample's own random numbers. `cropHR` is a
 * multiple of `scale`. Rejects if no photograph can be used.
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
 * The batches of steps `from`, `from` + 1, ... without end. The next batch is made while one is in use: its JPEG work
 * runs on sharp's threads, and the rest whenever the caller awaits something.
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
    // The next caller sees a failure. If the caller stops before, nobody does.
    next.catch(() => undefined);
    yield batch;
  }
}
