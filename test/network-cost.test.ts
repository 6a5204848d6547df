/** The cost interpreter's counts are those of the networks' runs, and those counted on the authors' networks. */
import { type Algebra, type Engine, elements, normal, type Tensors } from "@tadsr/core";
import { type Cost, costOf } from "@tadsr/engine-cost";
import {
  type ConditionedNetwork,
  conditionChannels,
  initialWeights,
  type Layer,
  lifetimesOf,
  realWorldUNet,
  releasingAlgebra,
  type SwinUNetConfig,
  smallNetwork,
  swinUNet,
  uploadWeights,
  vqAutoencoder,
  vqF4,
} from "@tadsr/model";
import { FAMILIES } from "@tadsr/train";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { type Tracked, trackingEngine } from "../packages/model/test/tracking-engine.ts";

type Shape = readonly number[];

const known = (cost: E.Either<{ readonly message: string }, Cost>): Cost => {
  if (E.isLeft(cost)) throw new Error(cost.left.message);
  return cost.right;
};

const shapesOf = (config: SwinUNetConfig, height: number, width: number) => {
  const factor = config.condition === null ? 1 : config.condition.size / config.imageSize;
  return {
    input: [1, height, width, config.latentChannels],
    condition: [1, height * factor, width * factor, 3],
    time: [1, config.channels],
  };
};

const costOfUNet = (config: SwinUNetConfig, height: number, width: number): Cost =>
  known(costOf(swinUNet(config), shapesOf(config, height, width)));

const costOfLayer = (layer: Layer, image: Shape): Cost =>
  known(
    costOf(
      {
        parameters: layer.parameters,
        run:
          <T>(algebra: Algebra<T>) =>
          (weights: Tensors<T>, inputs: Readonly<Record<"image", T>>): T =>
            layer.run(algebra, weights, inputs.image),
      },
      { image },
    ),
  );

/** Operations in layers with weights: only these were counted on the authors' networks. */
const inLayers = ({ byOperation }: Cost): number =>
  (byOperation.conv2d?.flops ?? 0) + (byOperation.linear?.flops ?? 0);

describe("64 -> 256", () => {
  const { encoder, quantiser, decoder, decode, parameters } = vqAutoencoder(vqF4);
  const parts: readonly (readonly [string, Cost, number, number])[] = [
    ["the UNet", costOfUNet(realWorldUNet, 64, 64), 100.2, 0.015],
    ["the encoder", costOfLayer(encoder, [1, 256, 256, 3]), 310.9, 0.102],
    [
      "the decoder",
      costOfLayer(
        { parameters: [...quantiser.parameters, ...decoder.parameters], run: decode },
        [1, 64, 64, 3],
      ),
      636.2,
      0.0536,
    ],
  ];

  it.each(parts)(
    "%s: convolutions and linear maps are what was counted, except for biases",
    (_, cost, gigaflops) => {
      expect(Math.abs(inLayers(cost) / 1e9 / gigaflops - 1)).toBeLessThan(0.002);
    },
  );

  // The difference is the products of attention, which are in no layer (one head over 64 x 64 pixels in the
  // autoencoder: 34 GFLOP), norms, activations and sums.
  it.each(parts)("%s: the rest is attention, and about a thousandth of all", (_, cost, _counted, rest) => {
    const attention =
      (cost.byOperation.attention?.flops ?? 0) + (cost.byOperation.windowAttention?.flops ?? 0);
    expect((cost.flops - inLayers(cost)) / cost.flops).toBeCloseTo(rest, 2);
    expect((cost.flops - inLayers(cost) - attention) / cost.flops).toBeLessThan(0.004);
  });

  it("has the parameters of the published files", () => {
    expect(costOfUNet(realWorldUNet, 64, 64).parameters).toBe(118_593_583);
    expect(costOfLayer({ parameters, run: decode }, [1, 64, 64, 3]).parameters).toBe(55_322_782);
  });

  it("grows with the pixels, if attention is within windows", () => {
    const [once, fourTimes] = [costOfUNet(realWorldUNet, 64, 64), costOfUNet(realWorldUNet, 128, 128)];
    expect(fourTimes.flops / once.flops).toBeCloseTo(4, 2);
    expect(fourTimes.peakBytes / once.peakBytes).toBeCloseTo(4, 2);
  });
});

const small: SwinUNetConfig = {
  ...realWorldUNet,
  imageSize: 8,
  channels: 32,
  multipliers: [1, 2],
  blocks: [1, 2],
  swin: { ...realWorldUNet.swin, resolutions: [8], channels: 32, window: 4, mlpRatio: 2 },
  condition: { channels: 3, size: 16 },
};

describe("the stack", () => {
  const cost = (family: "small" | "tiny", height: number, width: number): Cost => {
    const network = smallNetwork(FAMILIES[family].network);
    const { latentChannels } = network;
    return known(
      costOf(network, {
        input: [1, height, width, latentChannels],
        condition: [1, height, width, conditionChannels(network)],
        time: network.timeFeatures(0, 1).shape,
      }),
    );
  };

  it.each([
    ["small", 941_760, 0.95e6],
    ["tiny", 250_128, 0.28e6],
  ] as const)("%s takes %d products for each pixel of the small picture", (family, products, most) => {
    const { byOperation } = cost(family, 40, 32);
    const flops = byOperation.conv2d?.flops ?? 0;
    // Two operations for each product, and one for each bias; the convolutions have one bias for each channel.
    expect(flops / (40 * 32) - 2 * products).toBeLessThan(2000);
    expect(flops / (40 * 32)).toBeGreaterThanOrEqual(2 * products);
    expect(products).toBeLessThan(most);
  });

  it("costs in proportion to the pixels, except for its time", () => {
    const [once, fourTimes] = [cost("small", 32, 32), cost("small", 64, 64)];
    expect(fourTimes.flops / once.flops).toBeCloseTo(4, 3);
    expect(fourTimes.peakBytes / once.peakBytes).toBeCloseTo(4, 2);
  });
});

describe("a small UNet", () => {
  /** The most numbers alive at once while the network runs, its results released after their last use. */
  const simulated = (network: ConditionedNetwork, shapes: ReturnType<typeof shapesOf>): number => {
    const tracking = trackingEngine();
    const engine: Engine<Tracked> = tracking;
    const image = (shape: Shape): Tracked =>
      engine.upload("image", {
        shape,
        data: normal({ seed: 1, stream: 0 }, 0, elements(shape)),
      });
    const weights = uploadWeights(
      engine,
      network.parameters,
      initialWeights(network.parameters, { seed: 1 }),
    );
    const inputs = {
      input: image(shapes.input),
      condition: image(shapes.condition),
      time: engine.upload("matrix", network.timeFeatures(1, 1)),
    };
    tracking.peak();
    const before = tracking.peak();
    engine.scope(() => network.run(releasingAlgebra(engine, lifetimesOf(network)))(weights, inputs));
    return tracking.peak() - before;
  };

  it.each([
    [8, 8],
    [12, 8],
  ])("needs at %d x %d the memory that a counting engine's run needs", (height, width) => {
    const cost = costOfUNet(small, height, width);
    expect(cost.peakBytes).toBe(4 * simulated(swinUNet(small), shapesOf(small, height, width)));
    expect(cost.results).toEqual([[1, height, width, 3]]);
  });

  it("costs less for its encoder alone, and has the feature maps' shapes", () => {
    const { parameters, encoder } = swinUNet(small);
    const shapes = shapesOf(small, 8, 8);
    const cost = known(costOf({ parameters, run: encoder.run }, shapes));
    expect(cost.flops).toBeLessThan(costOfUNet(small, 8, 8).flops);
    expect(cost.results).toEqual([
      [1, 4, 4, 32],
      [1, 4, 4, 64],
      [1, 4, 4, 64],
    ]);
  });

  it("refuses a size that it cannot halve, before any work", () => {
    const cost = costOf(swinUNet(small), shapesOf(small, 7, 8));
    expect(E.isLeft(cost) && cost.left.message).toBe(
      "concatChannels: found [1, 8, 8, 64] of conv2d and [1, 7, 8, 32] of conv2d, expected images of one batch, height and width",
    );
  });
});
