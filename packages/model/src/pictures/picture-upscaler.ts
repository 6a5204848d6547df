/**
 * Makes a picture larger by a network from pictures to pictures, tile by tile. At the picture's edges the network sees
 * zeros, as in the authors' code. If sides must be multiples of a number, edge pixels are repeated to the right and
 * below.
 */
import type { Engine, NdArray, Tensors } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { breathe } from "../breathe.ts";
import { type FinishedTiles, wholeOfTiles } from "../finished-tiles.ts";
import type { UnknownArchitecture } from "../inference/architecture.ts";
import { type Lifetimes, lifetimesOfLayer, releasingAlgebra } from "../lifetimes.ts";
import type { CannotMix } from "../mix-weights.ts";
import { asLayer } from "../networks/picture-networks.ts";
import type { PaperModelError } from "../paper/errors.ts";
import { type Picture, type Rectangle, scaled } from "../picture.ts";
import { planTiles, type Tile } from "../tiling.ts";
import {
  aborted,
  checkPicture,
  checkTile,
  engineFailed,
  notFinite,
  type UpscaleError,
  type UpscaleOptions,
} from "../upscale-options.ts";
import { pictureField } from "./picture-field.ts";
import type { PictureModel } from "./picture-model.ts";
import { uploadPictureWeights } from "./upload-weights.ts";

/** No noise is drawn, and there is one step. */
export type PictureUpscaleOptions = Omit<UpscaleOptions, "seed" | "steps">;

export interface PictureUpscaler {
  /** The result is this many times wider and higher. */
  readonly factor: number;
  /** The tiles of the result in reading order, each as it is done; ends after a failure. */
  readonly tiles: (picture: Picture, options?: PictureUpscaleOptions) => FinishedTiles;
  readonly upscale: (
    picture: Picture,
    options?: PictureUpscaleOptions,
  ) => TE.TaskEither<UpscaleError, Picture>;
  /** Releases the weights; the upscaler is not used afterwards. */
  readonly close: () => void;
}

interface Opened<T> {
  readonly engine: Engine<T>;
  readonly model: PictureModel;
  readonly weights: Tensors<T>;
  readonly lifetimes: Lifetimes;
}

/** A part of the padded picture in [0, 1]. */
const pixelsOf = ({ width, height, data }: Picture, read: Rectangle): NdArray => {
  const result = new Float32Array(read.height * read.width * 3);
  let to = 0;
  for (let row = read.y; row < read.y + read.height; row++) {
    const from = Math.min(row, height - 1) * width;
    for (let column = read.x; column < read.x + read.width; column++) {
      const at = (from + Math.min(column, width - 1)) * 3;
      for (let c = 0; c < 3; c++) result[to++] = (data[at + c] as number) / 255;
    }
  }
  return { shape: [1, read.height, read.width, 3], data: result };
};

/** Bytes of the kept part of pixels in [0, 1], rounded and clamped; null if a value is not finite. */
const keptBytes = ({ shape, data }: NdArray, kept: Rectangle): Uint8Array | null => {
  const [, , width = 0, channels = 0] = shape;
  const bytes = new Uint8ClampedArray(kept.width * kept.height * channels);
  let to = 0;
  for (let row = kept.y; row < kept.y + kept.height; row++) {
    const from = (row * width + kept.x) * channels;
    for (let at = from; at < from + kept.width * channels; at++) {
      const value = data[at] as number;
      if (!Number.isFinite(value)) return null;
      bytes[to++] = 255 * value;
    }
  }
  return new Uint8Array(bytes.buffer);
};

/** The bytes of a tile; null if a number is not finite. */
const upscaled = async <T>(
  { engine, model, weights, lifetimes }: Opened<T>,
  picture: Picture,
  { kept, read }: Tile,
): Promise<Uint8Array | null> => {
  const result = engine.scope(() =>
    model.network.run(releasingAlgebra(engine, lifetimes))(
      weights,
      engine.upload("image", pixelsOf(picture, read)),
    ),
  );
  const pixels = await engine.download("image", result).finally(() => engine.release([result]));
  const inside = { ...kept, x: kept.x - read.x, y: kept.y - read.y };
  return keptBytes(pixels, scaled(inside, model.network.factor));
};

const check = (picture: Picture, options: PictureUpscaleOptions): E.Either<UpscaleError, number> =>
  pipe(
    checkTile(options.tile),
    E.chainFirst(() => checkPicture(picture)),
  );

async function* upscaleTiles<T>(
  opened: Opened<T>,
  picture: Picture,
  options: PictureUpscaleOptions,
): FinishedTiles {
  const { engine, model } = opened;
  const { width, height } = picture;
  const tile = check(picture, options);
  if (E.isLeft(tile)) {
    yield tile;
    return;
  }
  const tiles = planTiles({ width, height, tile: tile.right, ...pictureField(model.network) });
  const total = tiles.length;
  options.onProgress?.(0, total);
  for (const [done, plan] of tiles.entries()) {
    await breathe();
    if (options.signal?.aborted === true) {
      yield E.left(aborted(done, total));
      return;
    }
    const data = await TE.tryCatch(
      () => upscaled(opened, picture, plan),
      (thrown) => engineFailed(engine.name, thrown),
    )();
    if (E.isLeft(data)) {
      yield data;
      return;
    }
    if (data.right === null) {
      yield E.left(notFinite(model.name, plan.kept));
      return;
    }
    options.onProgress?.(done + 1, total);
    const place = scaled(plan.kept, model.network.factor);
    yield E.right({ place, data: data.right, done: done + 1, total });
  }
}

/**
 * Reads the weights and puts them on the engine, one tensor after another, for any number of pictures. `close`
 * releases them. The engine stays the caller's.
 */
export const openPictureUpscaler =
  <T>(
    engine: Engine<T>,
    model: PictureModel,
  ): TE.TaskEither<PaperModelError | UnknownArchitecture | CannotMix | UpscaleError, PictureUpscaler> =>
  async () => {
    const { network } = model;
    try {
      const weights = await uploadPictureWeights(engine, model)();
      if (E.isLeft(weights)) return weights;
      const lifetimes = lifetimesOfLayer(asLayer(network));
      const opened = { engine, model, weights: weights.right, lifetimes };
      const tiles: PictureUpscaler["tiles"] = (picture, options = {}) =>
        upscaleTiles(opened, picture, options);
      return E.right({
        factor: network.factor,
        tiles,
        upscale:
          (picture, options = {}) =>
          async () => {
            const checked = check(picture, options);
            return E.isLeft(checked)
              ? checked
              : wholeOfTiles(picture, network.factor, () => tiles(picture, options));
          },
        close: () => engine.release(Object.values(weights.right)),
      });
    } catch (thrown) {
      return E.left(engineFailed(engine.name, thrown));
    }
  };
