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
import type * as TE from "fp-ts/lib/TaskEither.js";
import { breathe } from "../breathe.ts";
import { type Sampled, sampleFrugally } from "../drive-sampler.ts";
import { type Lifetimes, lifetimesOf } from "../lifetimes.ts";
import { type OpenAutoencoder, runAutoencoder } from "../networks/autoencoder/open-autoencoder.ts";
import { frugalPredictor } from "../networks/predictor.ts";
import { noiseOfPlace } from "../noise-of-place.ts";
import { type FloatRaster, type Picture, type Rectangle, scaled } from "../picture.ts";
import { bicubicResize } from "../resize.ts";
import { paddedSize } from "../tiling.ts";
import { aborted, engineFailed, notFinite, type UpscaleError } from "../upscale-options.ts";
import { addTile, averageTiles, cut, planChops, reflectPad } from "./chopping.ts";
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
    (): UpscaleError => ({
      _tag: "InvalidPicture",
      message: `a result of ${width} x ${height} pixels does not fit into memory; cut the picture into parts`,
    }),
  );

const bytesOf = ({ width, height, data }: FloatRaster): Picture => {
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = ((data[i] as number) + 1) * 127.5;
  return { width, height, channels: 3, data: new Uint8Array(bytes.buffer) };
};

const run = async <T>(
  opened: Opened<T>,
  picture: Picture,
  options: PaperUpscaleOptions,
): Promise<E.Either<UpscaleError, Picture>> => {
  const { model, engine } = opened;
  const checked = checkPaperRequest(model, picture, options);
  if (E.isLeft(checked)) return checked;
  const sampling = checked.right;
  const { factor, alignment, stride } = model;
  const [width, height] = [picture.width * factor, picture.height * factor];
  const room = roomFor(width, height);
  if (E.isLeft(room)) return room;

  const [wide, high] = [paddedSize(picture.width, alignment), paddedSize(picture.height, alignment)];
  const padded = reflectPad(picture, wide, high, toUnit);
  const tiles = planChops(wide, high, sampling.tile);
  const job = { ...opened, sampling, latentWidth: wide / stride };
  options.onProgress?.(0, tiles.length);
  for (const [done, place] of tiles.entries()) {
    await breathe();
    if (options.signal?.aborted === true) return E.left(aborted(done, tiles.length));
    try {
      const restored = await restoreTile(job, cut(padded, place), place);
      if (restored === null) return E.left(notFinite(model.description.name, place));
      addTile(room.right, restored, scaled(place, factor));
    } catch (thrown) {
      return E.left(engineFailed(engine.name, thrown));
    }
    options.onProgress?.(done + 1, tiles.length);
  }
  averageTiles(
    room.right,
    tiles.map((place) => scaled(place, factor)),
  );
  const target = (): FloatRaster =>
    bicubicResize(reflectPad(picture, picture.width, picture.height, toUnit), height, width);
  return E.right(bytesOf(correctColours(sampling.colourCorrection, room.right, target)));
};

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
      return E.right({
        factor: model.factor,
        upscale: (picture, options) => () => run(opened, picture, options),
        close: release,
      });
    } catch (thrown) {
      release();
      return E.left(engineFailed(engine.name, thrown));
    }
  };
