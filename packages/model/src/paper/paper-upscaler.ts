/**
 * Makes a picture larger, or restores a face, as the authors do (ResShift, sampler.py). The LR picture is padded by
 * reflection and cut into tiles. z_y is the encoder's latent of the bicubic upsampling, not quantised. The sampler runs
 * from z_T, with the LR picture beside z_t. The decoder quantises first. Overlaps are averaged.
 */
import {
  ancestralSampler,
  deterministicSampler,
  type Engine,
  type NdArray,
  type Predictor,
  predictClean,
  startOfSampling,
  type Tensors,
} from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { breathe } from "../breathe.ts";
import { type Sampled, sampleFrugally } from "../drive-sampler.ts";
import { type FinishedTiles, wholeOfTiles } from "../finished-tiles.ts";
import { type Lifetimes, lifetimesOf } from "../lifetimes.ts";
import { type OpenAutoencoder, runAutoencoder } from "../networks/autoencoder/open-autoencoder.ts";
import { frugalPredictor } from "../networks/predictor.ts";
import { noiseOfPlace } from "../noise-of-place.ts";
import { type FloatRaster, type Picture, type Rectangle, scaled } from "../picture.ts";
import { bicubicResize } from "../resize.ts";
import { paddedSize } from "../tiling.ts";
import { aborted, engineFailed, noRoomFor, notFinite, type UpscaleError } from "../upscale-options.ts";
import { addTile, averageTiles, cut, finishedParts, planChops, reflectPad } from "./chopping.ts";
import { correctColours } from "./colour-correction.ts";
import type { PaperModelError } from "./errors.ts";
import { latentPlace } from "./pairing.ts";
import type { PaperModel } from "./paper-model.ts";
import { checkPaperRequest, type PaperSampling, type PaperUpscaleOptions } from "./paper-options.ts";
import { uploadWeightSource } from "./weight-source.ts";

/** A model of the paper's kind on an engine. */
export interface PaperUpscaler {
  /** The result is this many times wider and higher. */
  readonly factor: number;
  /**
   * Of each tile, in reading order, the part that no later one has, as it is done; ends after a failure. A correction
   * of colours looks at the whole result: then all parts come after the last tile.
   */
  readonly tiles: (picture: Picture, options: PaperUpscaleOptions) => FinishedTiles;
  readonly upscale: (picture: Picture, options: PaperUpscaleOptions) => TE.TaskEither<UpscaleError, Picture>;
  /** Releases the weights; the upscaler is not used afterwards. */
  readonly close: () => void;
}

interface Opened<T> {
  readonly engine: Engine<T>;
  readonly model: PaperModel;
  readonly weights: Tensors<T>;
  readonly lifetimes: Lifetimes;
  readonly autoencoder: OpenAutoencoder<T>;
}

/** What is the same for every tile of a request. */
interface Job<T> extends Opened<T> {
  readonly sampling: PaperSampling;
  /** Width of the padded picture's latent: noise is counted along its rows. */
  readonly latentWidth: number;
}

const asImage = ({ width, height, channels, data }: FloatRaster): NdArray => ({
  shape: [1, height, width, channels],
  data,
});

/** z_0 of a tile of the LR picture, at its place in the padded picture. */
const sample = <T>(job: Job<T>, tile: FloatRaster, place: Rectangle): Promise<T> => {
  const { engine, model, weights, lifetimes, autoencoder, sampling, latentWidth } = job;
  const { factor, network, stride } = model;
  const { schedule, seed, steps, sampler } = sampling;
  const { algebra } = engine;
  /** Stream 0 is for z_T, stream t for the step that leaves t. */
  const noise = (stream: number): T =>
    engine.upload(
      "image",
      noiseOfPlace({ seed, stream }, latentWidth, latentPlace(place, stride), network.latentChannels),
    );
  const start = (): Sampled<T> => {
    const upsampled = bicubicResize(tile, tile.height * factor, tile.width * factor);
    const z_y = engine.scope(() => autoencoder.encode(engine.upload("image", asImage(upsampled))));
    return { z_y, z_T: startOfSampling(algebra, schedule)(z_y, noise(0)) };
  };
  // The LR picture is uploaded again for each step: it is small, and a step's scope releases it.
  const predictor: Predictor<T> = (input, index) => {
    const lq = engine.upload("image", asImage(tile));
    const options = { isTimeFixed: steps === 1 };
    return frugalPredictor(engine, network, lifetimes, weights, lq, options)(input, index);
  };
  return sampleFrugally(
    engine,
    start,
    steps === 1 ? ({ z_T }) => predictClean(algebra, schedule)(predictor, z_T, schedule.T) : null,
    ({ z_T, z_y }) =>
      sampler === "deterministic"
        ? deterministicSampler(algebra, schedule)(predictor, z_T, z_y)
        : ancestralSampler(algebra, schedule)(predictor, z_T, noise),
  );
};

/** A tile of the result, within [-1, 1]; null if a value is not finite. */
const restoreTile = async <T>(
  job: Job<T>,
  tile: FloatRaster,
  place: Rectangle,
): Promise<FloatRaster | null> => {
  const { engine, autoencoder } = job;
  const z_0 = await sample(job, tile, place);
  const picture = engine.scope(() => autoencoder.decode(z_0));
  engine.release([z_0]);
  const { shape, data } = await engine.download("image", picture).finally(() => engine.release([picture]));
  const [, height = 0, width = 0, channels = 0] = shape;
  const clamped = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (!Number.isFinite(value)) return null;
    clamped[i] = Math.min(1, Math.max(-1, value));
  }
  return { width, height, channels, data: clamped };
};

const toUnit = (byte: number): number => byte / 127.5 - 1;

/** Room for width x height pixels of three floats; refused if there is not enough memory. */
const roomFor = (width: number, height: number): E.Either<UpscaleError, FloatRaster> =>
  E.tryCatch(
    (): FloatRaster => ({ width, height, channels: 3, data: new Float32Array(width * height * 3) }),
    () => noRoomFor(width, height),
  );

const bytesOf = ({ data }: FloatRaster): Uint8Array => {
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = ((data[i] as number) + 1) * 127.5;
  return new Uint8Array(bytes.buffer);
};

async function* upscaleTiles<T>(
  opened: Opened<T>,
  picture: Picture,
  options: PaperUpscaleOptions,
): FinishedTiles {
  const { model, engine } = opened;
  const { factor, alignment, stride } = model;
  const [width, height] = [picture.width * factor, picture.height * factor];
  const started = pipe(
    checkPaperRequest(model, picture, options),
    E.bindTo("sampling"),
    E.bind("sum", () => roomFor(width, height)),
  );
  if (E.isLeft(started)) {
    yield started;
    return;
  }
  const { sampling, sum } = started.right;
  const [wide, high] = [paddedSize(picture.width, alignment), paddedSize(picture.height, alignment)];
  const padded = reflectPad(picture, wide, high, toUnit);
  const tiles = planChops(wide, high, sampling.tile);
  const total = tiles.length;
  const places = tiles.map((place) => scaled(place, factor));
  const parts = finishedParts(places, width, height);
  const isCorrected = sampling.colourCorrection !== "none";
  const job = { ...opened, sampling, latentWidth: wide / stride };
  options.onProgress?.(0, total);
  for (const [done, place] of tiles.entries()) {
    await breathe();
    if (options.signal?.aborted === true) {
      yield E.left(aborted(done, total));
      return;
    }
    const restored = await TE.tryCatch(
      () => restoreTile(job, cut(padded, place), place),
      (thrown) => engineFailed(engine.name, thrown),
    )();
    if (E.isLeft(restored)) {
      yield restored;
      return;
    }
    if (restored.right === null) {
      yield E.left(notFinite(model.description.name, place));
      return;
    }
    const part = parts[done] as Rectangle;
    addTile(sum, restored.right, places[done] as Rectangle);
    averageTiles(sum, places, part);
    options.onProgress?.(done + 1, total);
    if (!isCorrected) yield E.right({ place: part, data: bytesOf(cut(sum, part)), done: done + 1, total });
  }
  if (!isCorrected) return;
  const corrected = correctColours(sampling.colourCorrection, sum, () =>
    bicubicResize(reflectPad(picture, picture.width, picture.height, toUnit), height, width),
  );
  for (const [n, part] of parts.entries())
    yield E.right({ place: part, data: bytesOf(cut(corrected, part)), done: n + 1, total });
}

/**
 * Reads a model's weights and puts them on the engine, one tensor after another, for any number of pictures. `close`
 * releases them. The engine stays the caller's.
 */
export const openPaperUpscaler =
  <T>(engine: Engine<T>, model: PaperModel): TE.TaskEither<PaperModelError | UpscaleError, PaperUpscaler> =>
  async () => {
    const { network, autoencoder, files } = model;
    let uploaded: readonly Tensors<T>[] = [];
    const release = (): void => {
      for (const tensors of uploaded) engine.release(Object.values(tensors));
    };
    try {
      const weights = await uploadWeightSource(engine, files.network, network.parameters)();
      if (E.isLeft(weights)) return weights;
      uploaded = [weights.right];
      const coder = await uploadWeightSource(engine, files.autoencoder, autoencoder.parameters)();
      if (E.isLeft(coder)) {
        release();
        return coder;
      }
      uploaded = [weights.right, coder.right];
      const opened: Opened<T> = {
        engine,
        model,
        weights: weights.right,
        lifetimes: lifetimesOf(network),
        autoencoder: runAutoencoder(engine, autoencoder, coder.right),
      };
      const tiles: PaperUpscaler["tiles"] = (picture, options) => upscaleTiles(opened, picture, options);
      return E.right({
        factor: model.factor,
        tiles,
        upscale: (picture, options) => async () => {
          const checked = checkPaperRequest(model, picture, options);
          return E.isLeft(checked)
            ? checked
            : wholeOfTiles(picture, model.factor, () => tiles(picture, options));
        },
        close: release,
      });
    } catch (thrown) {
      release();
      return E.left(engineFailed(engine.name, thrown));
    }
  };
