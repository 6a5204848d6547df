/** Networks from pictures to pictures, from their files, tile by tile. */
import { type Engine, referenceAlgebra, referenceEngine } from "@tadsr/core";
import { describePictureFile, writeSafetensors } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  type HostWeights,
  openPictureUpscaler,
  type Picture,
  type PictureModel,
  type PictureNetwork,
  type PictureNetworkConfig,
  type PictureUpscaleOptions,
  pictureNetwork,
  placeTile,
  uploadWeights,
} from "../src/index.ts";
import { randomModel, randomPicture } from "./fixtures.ts";
import { pictureWeights } from "./picture-weights.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { trackingEngine } from "./tracking-engine.ts";

const at = await temporaryFolder();

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const SRVGG: PictureNetworkConfig = { kind: "srvgg", channels: 4, convolutions: 2, factor: 3 };
const RRDB2: PictureNetworkConfig = { kind: "rrdb", channels: 3, growth: 2, blocks: 1, factor: 2 };

let files = 0;
const saved = async (
  config: PictureNetworkConfig,
  weights = pictureWeights(pictureNetwork(config)),
): Promise<PictureModel> => {
  const file = at(`network${files++}.safetensors`);
  right(await writeSafetensors(file, weights, { dtype: "F32" })());
  const model = right(await describePictureFile({ file })());
  if (model === null) throw new Error("it is another kind of network");
  return model;
};

const upscaled = async (
  model: PictureModel,
  picture: Picture,
  options?: PictureUpscaleOptions,
): Promise<Picture> => {
  const upscaler = right(await openPictureUpscaler(referenceEngine, model)());
  const result = right(await upscaler.upscale(picture, options)());
  upscaler.close();
  return result;
};

/** What the network makes of the whole picture. */
const wholly = (network: PictureNetwork, { width, height, data }: Picture): Uint8Array => {
  const shape = [1, height, width, 3];
  const image = referenceEngine.upload("image", { shape, data: Float32Array.from(data, (x) => x / 255) });
  const weights = uploadWeights(referenceEngine, network.parameters, pictureWeights(network));
  const result = network.run(referenceAlgebra)(weights, image);
  return Uint8Array.from(Uint8ClampedArray.from(result.data, (x) => x * 255));
};

describe("a picture upscaled by a network from its file", () => {
  it("is what the network makes of the whole picture, whatever the tile, byte for byte", async () => {
    const model = await saved(SRVGG);
    expect(model).toMatchObject({ name: "network0", config: SRVGG });
    const picture = randomPicture(31, 22);
    const data = wholly(model.network, picture);
    for (const tile of [undefined, 64, 16, 7, 1]) {
      const result = await upscaled(model, picture, tile === undefined ? {} : { tile });
      expect(result).toEqual({ width: 93, height: 66, channels: 3, data });
    }
  });

  it("is padded with its edge pixels if the network folds pixels, and cropped", async () => {
    const model = await saved(RRDB2);
    const picture = randomPicture(5, 3);
    const padded: Picture = {
      ...picture,
      ...{ width: 6, height: 4 },
      data: Uint8Array.from({ length: 72 }, (_, i) => {
        const [row, column, colour] = [Math.floor(i / 18), Math.floor(i / 3) % 6, i % 3];
        return picture.data[(Math.min(row, 2) * 5 + Math.min(column, 4)) * 3 + colour] as number;
      }),
    };
    const { data } = await upscaled(model, picture);
    const whole = wholly(model.network, padded);
    expect(data).toEqual(whole.filter((_, i) => Math.floor(i / 3) % 12 < 10 && i < 12 * 3 * 6));
    expect(await upscaled(model, picture, { tile: 1 })).toMatchObject({ data });
  });

  it("comes tile by tile, and ends after a failure", async () => {
    const model = await saved(SRVGG);
    const picture = randomPicture(31, 9);
    const upscaler = right(await openPictureUpscaler(referenceEngine, model)());
    const assembled: Picture = { ...randomPicture(93, 27), data: new Uint8Array(93 * 27 * 3) };
    const counted: (readonly [number, number])[] = [];
    for await (const tile of upscaler.tiles(picture, { tile: 8 })) {
      placeTile(assembled, right(tile));
      counted.push([right(tile).done, right(tile).total]);
    }
    expect(assembled).toEqual(await upscaled(model, picture));
    expect(counted.length).toBeGreaterThan(2);
    expect(counted).toEqual(counted.map((_, i) => [i + 1, counted.length]));
    const failed = upscaler.tiles({ ...picture, width: 30 }, { tile: 8 });
    expect(await failed.next()).toMatchObject({ value: { left: { _tag: "InvalidPicture" } } });
    expect(await failed.next()).toMatchObject({ done: true });
  });

  it("tells its progress, and stops between tiles when it is told to", async () => {
    const model = await saved(SRVGG);
    const picture = randomPicture(40, 9);
    const told: (readonly [number, number])[] = [];
    await upscaled(model, picture, { tile: 8, onProgress: (done, total) => told.push([done, total]) });
    const total = told[0]?.[1] ?? 0;
    expect(total).toBeGreaterThan(2);
    expect(told).toEqual(Array.from({ length: total + 1 }, (_, done) => [done, total]));
    const stop = new AbortController();
    const upscaler = right(await openPictureUpscaler(referenceEngine, model)());
    const stopped = await upscaler.upscale(picture, {
      tile: 8,
      signal: stop.signal,
      onProgress: (done) => (done === 1 ? stop.abort() : undefined),
    })();
    expect(stopped).toMatchObject({ left: { _tag: "Aborted", done: 1, total } });
  });

  it("leaves only the weights on the engine, until it is closed", async () => {
    const model = await saved(SRVGG);
    const engine = trackingEngine();
    const upscaler = right(await openPictureUpscaler(engine, model)());
    expect(engine.liveTensors()).toBe(model.network.parameters.length);
    for (const tile of [4, 64]) right(await upscaler.upscale(randomPicture(20, 6), { tile })());
    expect(engine.liveTensors()).toBe(model.network.parameters.length);
    upscaler.close();
    expect(engine.liveTensors()).toBe(0);
  });

  it("holds no layer's result longer than it is needed", async () => {
    const peakOf = async (convolutions: number): Promise<number> => {
      const engine = trackingEngine();
      const model = await saved({ ...SRVGG, convolutions });
      const upscaler = right(await openPictureUpscaler(engine, model)());
      const weights = engine.peak();
      right(await upscaler.upscale(randomPicture(16, 16))());
      return engine.peak() - weights;
    };
    expect(await peakOf(9)).toBeLessThanOrEqual(await peakOf(3));
  });
});

describe("what is refused", () => {
  const refusal = async (model: PictureModel, picture: Picture, options: PictureUpscaleOptions = {}) => {
    const result = await right(await openPictureUpscaler(referenceEngine, model)()).upscale(
      picture,
      options,
    )();
    if (E.isRight(result)) throw new Error("it was accepted");
    return result.left;
  };

  it("an invalid tile, and a picture without pixels or with too few bytes", async () => {
    const model = await saved(SRVGG);
    const picture = randomPicture(3, 2);
    expect(await refusal(model, picture, { tile: 0 })).toMatchObject({
      _tag: "InvalidOption",
      message: "tile is 0; allowed: a whole number from 1",
    });
    expect(await refusal(model, { ...picture, width: 0 })).toMatchObject({ _tag: "InvalidPicture" });
    expect(await refusal(model, { ...picture, width: 4 })).toMatchObject({ _tag: "InvalidPicture" });
  });

  it("a network that gives NaN, with its name and the place", async () => {
    const weights = pictureWeights(pictureNetwork(SRVGG));
    const last = "body.6.bias";
    const bias = { shape: [27], data: new Float32Array(27).fill(Number.NaN) };
    const model = await saved(SRVGG, { ...weights, [last]: bias });
    const failed = await refusal(model, randomPicture(3, 2));
    expect(failed).toMatchObject({ _tag: "NotFinite", tile: { x: 0, y: 0, width: 3, height: 2 } });
    expect(failed.message).toContain(`the model ${model.name} gave numbers that are not finite`);
  });

  it("an engine that fails, later or at the beginning; what it held is released", async () => {
    const model = await saved(SRVGG);
    const engine = trackingEngine();
    const failing: Engine<unknown> = {
      ...(engine as unknown as Engine<unknown>),
      download: () => Promise.reject(new Error("out of memory")),
    };
    const upscaler = right(await openPictureUpscaler(failing, model)());
    expect(await upscaler.upscale(randomPicture(3, 2))()).toMatchObject({
      left: { _tag: "EngineFailed", message: expect.stringContaining("out of memory") },
    });
    upscaler.close();
    expect(engine.liveTensors()).toBe(0);
    let uploads = 0;
    const full: typeof engine = {
      ...engine,
      upload: (kind, array) => {
        uploads++;
        if (uploads > 3) throw new Error("no room");
        return engine.upload(kind, array);
      },
    };
    expect(await openPictureUpscaler(full, model)()).toMatchObject({ left: { _tag: "EngineFailed" } });
    expect(engine.liveTensors()).toBe(0);
  });

  it("files of other networks, in contrast to files of no network", async () => {
    const write = async (name: string, weights: HostWeights): Promise<string> => {
      right(await writeSafetensors(at(name), weights, { dtype: "F32" })());
      return at(name);
    };
    const other = await write("unet.safetensors", randomModel().weights);
    expect(right(await describePictureFile({ file: other })())).toBeNull();
    const none = await write("none.safetensors", { a: { shape: [1], data: Float32Array.of(1) } });
    expect(await describePictureFile({ file: none })()).toMatchObject({
      left: { _tag: "UnknownArchitecture", kind: null },
    });
  });
});
