import { type Engine, type NdArray, normal, type ReferenceTensor, referenceEngine } from "@tadsr/core";
import { cpu } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { beforeAll, describe, expect, it } from "vitest";
import {
  bicubicResize,
  type ConditionedNetwork,
  type FinishedTile,
  openUpscaler,
  type Picture,
  placeTile,
  type UpscaleOptions,
  upscale,
} from "../src/index.ts";
import { randomModel, randomPicture } from "./fixtures.ts";

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const run = async <T>(
  engine: Engine<T>,
  picture: Picture,
  options: Partial<UpscaleOptions> = {},
  model = randomModel(),
): Promise<Picture> => right(await upscale(engine, model)(picture, { seed: 3, ...options })());

const largestDifference = (a: Picture, b: Picture): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] ?? Number.NaN))), 0);

describe("upscaling in tiles", () => {
  it("has no seams: whole, and in tiles of 7, 16 and 24, with one step", async () => {
    const picture = randomPicture(41, 30);
    const whole = await run(referenceEngine, picture, { tile: 64 });
    for (const tile of [7, 16, 24]) {
      expect(largestDifference(await run(referenceEngine, picture, { tile }), whole)).toBeLessThanOrEqual(1);
    }
  });

  it("has no seams with all the steps of the schedule, nor with some", async () => {
    const picture = randomPicture(37, 22);
    for (const steps of [2, 4]) {
      const whole = await run(referenceEngine, picture, { tile: 64, steps });
      const tiled = await run(referenceEngine, picture, { tile: 10, steps });
      expect(largestDifference(tiled, whole)).toBeLessThanOrEqual(1);
    }
  });

  it("would have seams with too small a margin, so the tests above can fail", async () => {
    const model = randomModel();
    const { network } = model;
    // Claims, when it is asked how far it sees, to see no further than its alignment.
    const shortSighted: ConditionedNetwork = {
      ...network,
      run: (algebra) => (weights, inputs) =>
        "coarsest" in (inputs.input as object)
          ? algebra.depthToSpace(algebra.spaceToDepth(inputs.input, 2), 2)
          : network.run(algebra)(weights, inputs),
    };
    const picture = randomPicture(41, 30);
    const whole = await run(referenceEngine, picture, { tile: 64 });
    const tiled = await run(referenceEngine, picture, { tile: 16 }, { ...model, network: shortSighted });
    expect(largestDifference(tiled, whole)).toBeGreaterThan(8);
  });
});
