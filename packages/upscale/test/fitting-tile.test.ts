/** Which tile is the default, and its cost. */
import { elements } from "@tadsr/core";
import { costOf } from "@tadsr/engine-cost";
import {
  type PaperModel,
  type PublishedPictureName,
  parameterCount,
  pictureField,
  pictureNetwork,
  planTiles,
  publishedModels,
  publishedPictureNetworks,
  receptiveField,
  smallNetwork,
  swinUNet,
  vqAutoencoder,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { bytesOfTile, type MeasuredEngine, withinReach } from "../src/engine-memory.ts";
import { fittingPaperTile, fittingPictureTile, fittingSmallTile, SMALL_TILES } from "../src/fitting-tile.ts";
import { paperFootprint, paperWork } from "../src/paper-tile-cost.ts";
import { partCosts } from "../src/part-costs.ts";
import { pictureFootprint, pictureWork } from "../src/picture-tile-cost.ts";
import { smallFootprint, smallWork } from "../src/small-tile-cost.ts";

const MEBI = 2 ** 20;
const GIBI = 2 ** 30;

const LIMITLESS = Number.POSITIVE_INFINITY;

/** As the runtimes have it. */
const tensorflow: MeasuredEngine = { memory: { factor: 2, scores: 256 * MEBI, limit: LIMITLESS } };
const wasm: MeasuredEngine = { memory: { factor: 2, scores: 256 * MEBI, limit: 4 * GIBI } };
const reference: MeasuredEngine = { memory: { factor: 6, scores: 0, limit: LIMITLESS }, isSlow: true };
const unknown: MeasuredEngine = {};

const small = {
  network: smallNetwork({
    kind: "residual-unet",
    latentChannels: 48,
    channels: [8, 8],
    blocks: [1, 1],
    timeFeatures: 4,
    timeChannels: 8,
  }),
};
const { margin, alignment } = receptiveField(small.network);

const flopsOf = (height: number, width: number): number => {
  const image = [1, height, width, 48];
  const cost = costOf(small.network, { input: image, condition: image, time: [1, 4] });
  if (E.isLeft(cost)) throw new Error(cost.left.message);
  return cost.right.flops;
};

/** What is known of the published real-world model before its files are read. */
const published = (name: "tad-sr-s1" | "faceir-s4", stride: number): PaperModel => {
  const { network, autoencoder, ...rest } = publishedModels[name];
  return {
    ...rest,
    description: { network, latent: { kind: "vq", autoencoder } },
    network: swinUNet(network),
    autoencoder: vqAutoencoder(autoencoder),
    alignment: 64,
    stride,
  } as unknown as PaperModel;
};
const paper = published("tad-sr-s1", 1);

describe("the cost of a tile of the small family", () => {
  it("is that of the part that is read, the same for every tile", () => {
    const size = { width: 300, height: 240 };
    const plan = planTiles({ ...size, tile: 32, margin, alignment });
    const work = smallWork(small, size, 32, 1);
    expect(work.length).toBeGreaterThan(4);
    expect(work).toEqual(plan.map(({ read }) => flopsOf(read.height, read.width)));
    expect(new Set(work).size).toBe(1);
  });

  it("counts every step, each of which reads further", () => {
    const size = { width: 10, height: 10 };
    const [one, three] = [smallWork(small, size, 64, 1)[0] ?? 0, smallWork(small, size, 64, 3)[0]];
    expect(three).toBe(3 * one);
    expect(smallFootprint(small, 64, 3).results).toBeGreaterThan(smallFootprint(small, 64, 1).results);
  });

  it("includes the margin on both sides, and the latents that the step holds", () => {
    const side = Math.ceil((64 + 2 * margin) / alignment) * alignment;
    const image = [1, side, side, 48];
    const cost = costOf(small.network, { input: image, condition: image, time: [1, 4] });
    const peak = E.isRight(cost) ? cost.right.peakBytes : Number.NaN;
    expect(smallFootprint(small, 64, 1).results).toBe(peak + 4 * 4 * 48 * side * side);
  });
});

describe("the cost of a tile of a network alone", () => {
  const network = pictureNetwork({ kind: "srvgg", channels: 4, convolutions: 1, factor: 2 });
  const field = pictureField(network);

  it("is that of the part that is read", () => {
    const size = { width: 30, height: 7 };
    const plan = planTiles({ ...size, tile: 8, ...field });
    const work = pictureWork(network, size, 8);
    // 3 -> 4, 4 -> 4 and 4 -> 12 at each pixel with 9 taps, biases, two for each slope, and the sum.
    const each = 2 * 9 * (3 * 4 + 4 * 4 + 4 * 12) + 4 + 4 + 12 + 2 * (4 + 4) + 12;
    expect(work).toEqual(plan.map(({ read }) => each * read.width * read.height));
    expect(work.length).toBeGreaterThan(2);
  });

  it("includes the margin on both sides", () => {
    const side = 8 + 2 * field.margin;
    // The last convolution's result and the one before it.
    expect(pictureFootprint(network, 8).results).toBeGreaterThanOrEqual(4 * side * side * (4 + 12));
    expect(pictureFootprint(network, 8).results).toBeLessThan(4 * side * side * (4 + 12 + 12 + 12 + 1));
  });
});

describe("the cost of a tile of the paper's models", () => {
  it("is that of the network that needs most, the decoder", () => {
    const parts = partCosts(publishedModels["tad-sr-s1"], { width: 128, height: 128 });
    if (E.isLeft(parts)) throw new Error(parts.left.message);
    const costs = parts.right.map(({ cost }) => cost);
    expect(paperFootprint(paper, 128)).toEqual({
      results: costs[2]?.peakBytes,
      resultsWithScores: Math.max(...costs.map(({ peakBytesWithScores }) => peakBytesWithScores)),
    });
  });

  it.each([
    ["tad-sr-s1", 1],
    ["faceir-s4", 8],
  ] as const)("is all three networks' work, the UNet's once a step: %s", (name, stride) => {
    const parts = partCosts(publishedModels[name], { width: 128, height: 64 });
    if (E.isLeft(parts)) throw new Error(parts.left.message);
    const [unet = 0, encoder = 0, decoder = 0] = parts.right.map(({ cost }) => cost.flops);
    // 100 x 40 is padded to 128 x 64, which is less than a tile.
    const work = paperWork(published(name, stride), { width: 100, height: 40 }, 512, 4, 3);
    expect(work).toEqual(Array.from({ length: 3 }, () => encoder + 4 * unet + decoder));
  });
});

describe("the memory of an engine", () => {
  it("is a multiple of the results, with the scores it holds at a time", () => {
    const results = 100 * MEBI;
    expect(bytesOfTile(tensorflow, { results, resultsWithScores: results })).toBe(200 * MEBI);
    expect(bytesOfTile(wasm, { results, resultsWithScores: results + 6 * MEBI })).toBe(212 * MEBI);
    expect(bytesOfTile(tensorflow, { results, resultsWithScores: results + 5 * GIBI })).toBe(712 * MEBI);
    expect(bytesOfTile(reference, { results, resultsWithScores: results + GIBI })).toBe(600 * MEBI);
    expect(bytesOfTile(unknown, { results, resultsWithScores: results })).toBe(200 * MEBI);
  });

  it("is 4 GiB at most in WebAssembly", () => {
    expect(withinReach(wasm, 64 * GIBI)).toBe(4 * GIBI);
    expect(withinReach(wasm, GIBI)).toBe(GIBI);
    expect(withinReach(tensorflow, 64 * GIBI)).toBe(64 * GIBI);
  });
});

describe("the default tile", () => {
  /** The engine's memory for a tile of the small family with its weights, as if this were all memory. */
  const enough = (tile: number): number => {
    const weights = 4 * small.network.parameters.reduce((sum, { shape }) => sum + elements(shape), 0);
    return 8 * (bytesOfTile(tensorflow, smallFootprint(small, tile, 1)) + weights);
  };

  it.each(SMALL_TILES)("of the small family is %i where an eighth of the memory holds it", (tile) => {
    const at = (bytes: number): number => fittingSmallTile(small, 1, { engine: tensorflow, bytes });
    expect(at(enough(tile))).toBe(tile);
    if (tile > 64) expect(at(enough(tile) - 8)).toBe(SMALL_TILES[SMALL_TILES.indexOf(tile) + 1]);
  });

  it("of the small family is never more than 512 or less than 64, and 256 where an engine is slow", () => {
    const at = (engine: MeasuredEngine, bytes: number): number =>
      fittingSmallTile(small, 1, { engine, bytes });
    expect(at(tensorflow, 2 ** 50)).toBe(512);
    expect(at(tensorflow, 0)).toBe(64);
    expect(at(reference, 2 ** 50)).toBe(256);
  });

  it("of a network alone is the largest that fits into an eighth, or into half if the network sees far", () => {
    const largestIn = (name: PublishedPictureName, share: number, bytes: number): number => {
      const { parameters, ...network } = pictureNetwork(publishedPictureNetworks[name]);
      const room = share * bytes - 4 * parameterCount(parameters);
      const fitting = SMALL_TILES.filter(
        (tile) => bytesOfTile(tensorflow, pictureFootprint({ parameters, ...network }, tile)) <= room,
      );
      return fitting[0] ?? 64;
    };
    const tiles = (name: PublishedPictureName, share: number): readonly number[] =>
      [1, 2, 4, 8, 16, 32].map((gibi) => {
        const found = fittingPictureTile(pictureNetwork(publishedPictureNetworks[name]), {
          ...{ engine: tensorflow, bytes: gibi * GIBI },
        });
        expect(found).toBe(largestIn(name, share, gibi * GIBI));
        return found;
      });
    expect(new Set(tiles("realesr-general-x4v3", 1 / 8)).size).toBeGreaterThan(2);
    expect(new Set(tiles("RealESRGAN_x4plus", 1 / 2)).size).toBeGreaterThan(2);
    expect(
      fittingPictureTile(pictureNetwork(publishedPictureNetworks.RealESRGAN_x4plus), {
        ...{ engine: reference, bytes: 2 ** 50 },
      }),
    ).toBe(256);
  });

  it("of the paper's models is the authors' where it fits, and always one that the networks take", () => {
    const at = (bytes: number, model = paper, engine = tensorflow): number =>
      fittingPaperTile(model, { engine, bytes });
    // Their weights take 0.65 GiB, the decoder at 512 20.5 and at 256 5.5.
    expect(at(64 * GIBI)).toBe(512);
    expect(at(16 * GIBI)).toBe(256);
    expect(at(4 * GIBI)).toBe(128);
    expect(at(0)).toBe(64);
    expect(at(64 * GIBI, paper, wasm)).toBe(128);
    expect(at(0, { ...paper, alignment: 128 })).toBe(128);
    expect(at(0, { ...paper, alignment: 1024 })).toBe(1024);
  });
});
