import { type Engine, type ReferenceTensor, referenceEngine, uniform } from "@tadsr/core";
import {
  alexNet,
  efficientNetLite0,
  type FeatureNetwork,
  type FeatureWeights,
  initialWeights,
  linearParameters,
  type Picture,
} from "@tadsr/model";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { openPerceptualMetric } from "../src/index.ts";

const featuresOf = (network: FeatureNetwork, isWeighted = false): FeatureWeights => ({
  network,
  weights: initialWeights(network.parameters, { seed: 1 }),
  linear: isWeighted ? initialWeights(linearParameters(network), { seed: 1 }) : null,
});

const opened = async (features: FeatureWeights, engine: Engine<ReferenceTensor> = referenceEngine) => {
  const metric = await openPerceptualMetric(engine, features)();
  if (E.isLeft(metric)) throw new Error(metric.left.message);
  return metric.right;
};

/** A gradient with noise of some strength, in bytes. */
const picture = (width: number, height: number, noise = 0, seed = 0): Picture => {
  const draws = uniform({ seed, stream: 0 }, 0, width * height * 3);
  const data = Uint8Array.from(draws, (draw, i) => {
    const pixel = Math.floor(i / 3);
    return 60 + 3 * (pixel % width) + 2 * Math.floor(pixel / width) + Math.round(noise * (draw - 0.5));
  });
  return { width, height, channels: 3, data };
};

describe("the perceptual distance", async () => {
  const metric = await opened(featuresOf(efficientNetLite0));
  const measured = async (a: Picture, b: Picture): Promise<number> => {
    const value = await metric.measure(a, b)();
    if (E.isLeft(value)) throw new Error(value.left.message);
    return value.right;
  };

  it("is 0 for equal pictures; for others it is above 0 and symmetric, at any size", async () => {
    const side = fc.integer({ min: 16, max: 40 });
    await fc.assert(
      fc.asyncProperty(side, side, fc.nat(), async (width, height, seed) => {
        const [a, b] = [picture(width, height), picture(width, height, 40, seed)];
        expect(await measured(b, b)).toBe(0);
        const distance = await measured(a, b);
        expect(distance).toBeGreaterThan(0);
        expect(Math.abs((await measured(b, a)) / distance - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 10 },
    );
  });

  it("is larger if there is more noise", async () => {
    const original = picture(37, 29);
    const distances = await Promise.all(
      [10, 30, 90].map((noise) => measured(picture(37, 29, noise), original)),
    );
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(new Set(distances).size).toBe(3);
  });

  it("uses the whole picture, even the last row of an odd size", async () => {
    const original = picture(33, 33);
    const data = original.data.slice();
    data.fill(255, 32 * 33 * 3);
    expect(await measured({ ...original, data }, original)).toBeGreaterThan(0);
  });

  it.each<[string, Picture, Picture, E.Either<unknown, unknown>]>([
    [
      "of different sizes",
      picture(20, 30),
      picture(30, 20),
      E.left({
        _tag: "DifferentSizes",
        message: "the picture is 20 x 30 and its original 30 x 20; give both one size",
      }),
    ],
    [
      "that are too small",
      picture(40, 15),
      picture(40, 15),
      E.left({
        _tag: "TooSmall",
        message: "the picture is 40 x 15; EfficientNet-lite0 needs 16 pixels a side",
      }),
    ],
  ])("refuses pictures %s", async (_, a, b, refused) => {
    expect(await metric.measure(a, b)()).toEqual(refused);
  });
});

describe("how the perceptual distance describes itself", () => {
  it.each<[string, FeatureWeights, RegExp]>([
    [
      "perceptual (EfficientNet-lite0)",
      featuresOf(efficientNetLite0),
      /not LPIPS: compare it only with itself/,
    ],
    ["perceptual (EfficientNet-lite0, weighted)", featuresOf(efficientNetLite0, true), /not LPIPS/],
    ["perceptual (AlexNet)", featuresOf(alexNet), /not LPIPS/],
    ["LPIPS (AlexNet)", featuresOf(alexNet, true), /the same number as version 0\.1 of the lpips package/],
  ])("%s", async (title, features, about) => {
    const metric = await opened(features);
    expect(metric).toMatchObject({ name: "perceptual", title, better: "lower", against: "original" });
    expect(metric.about).toMatch(about);
  });
});

describe("an engine", () => {
  it("that fails is named in the error, and NaN is not accepted as a distance", async () => {
    const pictures = [picture(16, 16), picture(16, 16, 9)] as const;
    const failing: Engine<ReferenceTensor> = {
      ...referenceEngine,
      download: () => Promise.reject(new Error("out of memory\nat some place")),
    };
    const failed = await (await opened(featuresOf(efficientNetLite0), failing)).measure(...pictures)();
    expect(failed).toEqual(
      E.left({
        _tag: "EngineFailed",
        message: "the engine reference failed at the perceptual distance: out of memory",
      }),
    );
    const overflowing: Engine<ReferenceTensor> = {
      ...referenceEngine,
      download: async () => ({ shape: [], data: Float64Array.of(Number.NaN) }),
    };
    const none = await (await opened(featuresOf(efficientNetLite0), overflowing)).measure(...pictures)();
    expect(none).toMatchObject({ left: { _tag: "NotFinite" } });
  });
});
