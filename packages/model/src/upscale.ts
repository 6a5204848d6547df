/**
 * Makes a picture larger by a model, tile by tile: bicubic upsampling, its latent z_y, noise, the network, and pixels
 * again. Besides the picture and the result, the tile limits the memory.
 *
 * Except for rounding, the result does not depend on the tile: z_y is computed as in the whole picture's, the noise
 * depends on the place in the whole picture, and each tile is read with all that the network can see from it.
 */
import {
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
import { BICUBIC_REACH, bicubicLatentKernel } from "./bicubic-latent.ts";
import { breathe } from "./breathe.ts";
import { bytesOfLatent } from "./bytes-of-latent.ts";
import { sampleFrugally } from "./drive-sampler.ts";
import { type FinishedTile, type FinishedTiles, wholeOfTiles } from "./finished-tiles.ts";
import { around } from "./layers.ts";
import { type Lifetimes, lifetimesOf } from "./lifetimes.ts";
import type { Model } from "./model.ts";
import { conditionOf } from "./networks/condition.ts";
import { frugalPredictor } from "./networks/predictor.ts";
import { readsNoise } from "./networks/reads-noise.ts";
import { noiseOfPlace } from "./noise-of-place.ts";
import { type Picture, type Rectangle, scaled } from "./picture.ts";
import { receptiveField } from "./receptive-field.ts";
import { paddedSize, planTiles, type Tile } from "./tiling.ts";
import {
  aborted,
  checkRequest,
  engineFailed,
  notFinite,
  type Sampling,
  type UpscaleError,
  type UpscaleOptions,
} from "./upscale-options.ts";
import { uploadWeights } from "./weights.ts";

/** A model of the small family on an engine. */
export interface SmallUpscaler {
  /** The result is so many times wider and higher. */
  readonly factor: number;
  /** The tiles of the result in reading order, each as it is done; ends after a failure. */
  readonly tiles: (picture: Picture, options: UpscaleOptions) => FinishedTiles;
  /** The whole result. */
  readonly upscale: (picture: Picture, options: UpscaleOptions) => TE.TaskEither<UpscaleError, Picture>;
  /** Releases the weights; the upscaler is not used afterwards. */
  readonly close: () => void;
}

/** What is the same for every tile of a request. */
interface Job<T> {
  readonly engine: Engine<T>;
  readonly model: Model;
  readonly weights: Tensors<T>;
  /** `bicubicLatentKernel`. */
  readonly bicubic: T;
  readonly lifetimes: Lifetimes;
  /** Whether the result depends on the noise. */
  readonly isNoisy: boolean;
  readonly picture: Picture;
  readonly sampling: Sampling;
  /** Width of the padded picture: noise is counted along its rows. */
  readonly paddedWidth: number;
}

/**
 * A part of the padded picture in [-1, 1], with `reach` more pixels around it. The padding, and everything beyond the
 * picture, repeats its edge pixels, as in `bicubicResize`.
 */
const pixelsAround = ({ width, height, data }: Picture, read: Rectangle, reach: number): NdArray => {
  const [high, wide] = [read.height + 2 * reach, read.width + 2 * reach];
  const result = new Float32Array(high * wide * 3);
  const within = (place: number, size: number): number => Math.min(size - 1, Math.max(0, place));
  let to = 0;
  for (let row = 0; row < high; row++) {
    const from = within(read.y - reach + row, height) * width;
    for (let column = 0; column < wide; column++) {
      const at = (from + within(read.x - reach + column, width)) * 3;
      for (let c = 0; c < 3; c++) result[to++] = (data[at + c] as number) / 127.5 - 1;
    }
  }
  return { shape: [1, high, wide, 3], data: result };
};

/** z_0 of a part of the picture. */
const sample = <T>(job: Job<T>, read: Rectangle): Promise<T> => {
  const { engine, model, weights, lifetimes, sampling } = job;
  const { algebra } = engine;
  const { steps, schedule } = sampling;
  const isTimeFixed = steps === 1;
  const source = { seed: sampling.seed, stream: 0 };
  const start = () => {
    // z_y: bicubic upsampling with its pixels as channels, by one convolution.
    const pixels = engine.upload("image", pixelsAround(job.picture, read, BICUBIC_REACH));
    const z_y = algebra.conv2d(pixels, job.bicubic, null, { stride: 1, padding: around(0) });
    const condition = conditionOf(algebra, model.network, z_y, () =>
      engine.upload("image", pixelsAround(job.picture, read, 0)),
    );
    if (!job.isNoisy) return { z_y, condition, z_T: z_y };
    const noise = noiseOfPlace(source, job.paddedWidth, read, model.network.latentChannels);
    return { z_y, condition, z_T: startOfSampling(algebra, schedule)(z_y, engine.upload("image", noise)) };
  };
  const predictor = (condition: T): Predictor<T> =>
    frugalPredictor(engine, model.network, lifetimes, weights, condition, { isTimeFixed });
  return sampleFrugally(
    engine,
    start,
    steps === 1
      ? ({ condition, z_T }) => predictClean(algebra, schedule)(predictor(condition), z_T, schedule.T)
      : null,
    ({ z_y, condition, z_T }) => deterministicSampler(algebra, schedule)(predictor(condition), z_T, z_y),
  );
};

const upscaleTile = async <T>(
  job: Job<T>,
  { kept, read }: Tile,
): Promise<E.Either<UpscaleError, Pick<FinishedTile, "place" | "data">>> => {
  const { engine, model } = job;
  const { factor } = model.description.latent;
  try {
    const z_0 = await sample(job, read);
    const latent = await engine.download("image", z_0).finally(() => engine.release([z_0]));
    const data = bytesOfLatent(latent, { ...kept, x: kept.x - read.x, y: kept.y - read.y }, factor);
    return data === null
      ? E.left(notFinite(model.description.name, kept))
      : E.right({ place: scaled(kept, factor), data });
  } catch (thrown) {
    return E.left(engineFailed(engine.name, thrown));
  }
};

async function* upscaleTiles<T>(
  job: Omit<Job<T>, "picture" | "sampling" | "paddedWidth">,
  picture: Picture,
  options: UpscaleOptions,
): FinishedTiles {
  const checked = checkRequest(job.model, picture, options);
  if (E.isLeft(checked)) {
    yield checked;
    return;
  }
  const sampling = checked.right;
  const { margin, alignment } = receptiveField(job.model.network);
  const { width, height } = picture;
  const { tile, steps } = sampling;
  // Each step needs the margin around the part that the next step needs.
  const tiles = planTiles({ width, height, tile, margin: margin * steps, alignment });
  const paddedWidth = paddedSize(width, alignment);
  const total = tiles.length;
  options.onProgress?.(0, total);
  for (const [done, plan] of tiles.entries()) {
    await breathe();
    if (options.signal?.aborted === true) {
      yield E.left(aborted(done, total));
      return;
    }
    const result = await upscaleTile({ ...job, picture, sampling, paddedWidth }, plan);
    if (E.isLeft(result)) {
      yield result;
      return;
    }
    options.onProgress?.(done + 1, total);
    yield E.right({ ...result.right, done: done + 1, total });
  }
}

/** Its name is none of a parameter's. */
const BICUBIC = { name: "bicubic kernel", kind: "convolution" } as const;

/**
 * Puts a model's weights on the engine, for any number of pictures one after another. `close` releases them. The engine
 * stays the caller's.
 */
export const openSmallUpscaler = <T>(
  engine: Engine<T>,
  model: Model,
): E.Either<UpscaleError, SmallUpscaler> => {
  const { factor } = model.description.latent;
  const { parameters } = model.network;
  const uploaded = E.tryCatch(
    () => {
      const weights = uploadWeights(engine, [...parameters, BICUBIC], {
        ...model.weights,
        [BICUBIC.name]: bicubicLatentKernel(factor),
      });
      return { weights, bicubic: weights[BICUBIC.name] as T };
    },
    (thrown) => engineFailed(engine.name, thrown),
  );
  return E.map(({ weights, bicubic }: Pick<Job<T>, "weights" | "bicubic">): SmallUpscaler => {
    const lifetimes = lifetimesOf(model.network);
    const isNoisy = readsNoise(model.network, model.weights);
    const tiles: SmallUpscaler["tiles"] = (picture, options) =>
      upscaleTiles({ engine, model, weights, bicubic, lifetimes, isNoisy }, picture, options);
    return {
      factor,
      tiles,
      upscale: (picture, options) => async () => {
        const checked = checkRequest(model, picture, options);
        return E.isLeft(checked) ? checked : wholeOfTiles(picture, factor, () => tiles(picture, options));
      },
      close: () => engine.release(Object.values(weights)),
    };
  })(uploaded);
};

/** Upscales one picture: puts the weights on the engine before, and releases them after. */
export const upscale =
  <T>(engine: Engine<T>, model: Model) =>
  (picture: Picture, options: UpscaleOptions): TE.TaskEither<UpscaleError, Picture> =>
  async () => {
    const upscaler = openSmallUpscaler(engine, model);
    if (E.isLeft(upscaler)) return upscaler;
    try {
      return await upscaler.right.upscale(picture, options)();
    } finally {
      upscaler.right.close();
    }
  };
