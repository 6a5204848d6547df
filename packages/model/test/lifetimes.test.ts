import { type Algebra, normal, referenceAlgebra, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import {
  type ConditionedNetwork,
  convolution,
  type Layer,
  lifetimesOf,
  lifetimesOfComputation,
  lifetimesOfLayer,
  releasingAlgebra,
  uploadWeights,
} from "../src/index.ts";
import { randomModel } from "./fixtures.ts";
import { type TrackingEngine, trackingEngine } from "./tracking-engine.ts";

const { network, weights } = randomModel();

const image = (stream: number) => {
  const shape = [1, 6, 8, network.latentChannels];
  return { shape, data: normal({ seed: 1, stream }, 0, 48 * network.latentChannels) };
};

const time = network.timeFeatures(3, 1);

/** A network of a few given operations, without parameters. */
const networkOfOperations = (
  work: <T>(algebra: Algebra<T>, input: T, condition: T) => T,
): ConditionedNetwork => ({
  parameters: [],
  latentChannels: 1,
  condition: "z_y",
  timeFeatures: () => time,
  encoder: { channels: [], strides: [], run: () => () => [] },
  run:
    (algebra) =>
    (_, { input, condition }) =>
      work(algebra, input, condition),
});

describe("lifetimesOf", () => {
  it("ends each result with its last use, a dead one at once, and the network's result never", () => {
    const plan = lifetimesOf(
      networkOfOperations((algebra, input, condition) => {
        const a = algebra.square(input); // 0
        const b = algebra.add(a, condition); // 1
        algebra.abs(b); // 2, which nothing uses
        const c = algebra.concatChannels([a, b]); // 3
        return algebra.sliceChannels(c, 0, 1); // 4
      }),
    );
    expect(plan).toEqual([[], [], [2], [0, 1], [3]]);
  });

  it("ends none of several results that are kept, nor an input that is one of them", () => {
    const plan = lifetimesOfComputation((algebra, given) => {
      const a = algebra.square(given); // 0
      const b = algebra.abs(a); // 1
      return [given, a, algebra.add(b, given)]; // 2
    });
    expect(plan).toEqual([[], [], [1]]);
  });

  it("knows a layer's operations as a network's", () => {
    const layer = convolution("first", { inputs: 2, outputs: 3, kernel: 3 });
    const twice: Layer = {
      parameters: layer.parameters,
      run: (algebra, given, input) =>
        algebra.silu(algebra.concatChannels([layer.run(algebra, given, input), input])),
    };
    expect(lifetimesOfLayer(twice)).toEqual([[], [0], [1]]);
  });

  it("knows every operation of the residual UNet", () => {
    const plan = lifetimesOf(network);
    const released = plan.flat();
    expect(new Set(released).size).toBe(released.length);
    expect(released.length).toBe(plan.length - 1);
  });
});

describe("releasingAlgebra", () => {
  const runOn = (isReleasing: boolean) => {
    const engine = trackingEngine();
    const uploaded = uploadWeights(engine, network.parameters, weights);
    const inputs = {
      input: engine.upload("image", image(1)),
      condition: engine.upload("image", image(2)),
      time: engine.upload("matrix", time),
    };
    const before = engine.liveTensors();
    engine.peak();
    const given = engine.peak();
    const algebra = isReleasing ? releasingAlgebra(engine, lifetimesOf(network)) : engine.algebra;
    const { tensor } = engine.scope(() => network.run(algebra)(uploaded, inputs));
    return { data: tensor.data, made: engine.liveTensors() - before, peak: engine.peak() - given };
  };

  it("gives the same numbers, and leaves the result alone", () => {
    const releasing = runOn(true);
    expect(releasing.data).toEqual(runOn(false).data);
    expect(releasing.made).toBe(1);
    expect(runOn(false).made).toBe(1);
  });

  it("holds less than half of what the network makes at once", () => {
    expect(runOn(true).peak).toBeLessThan(runOn(false).peak / 2);
  });

  it("gives the numbers of the reference on the reference engine, which releases nothing", () => {
    const uploaded = uploadWeights(referenceEngine, network.parameters, weights);
    const inputs = {
      input: referenceEngine.upload("image", image(1)),
      condition: referenceEngine.upload("image", image(2)),
      time: referenceEngine.upload("matrix", time),
    };
    const algebra = releasingAlgebra(referenceEngine, lifetimesOf(network));
    expect(network.run(algebra)(uploaded, inputs).data).toEqual(
      network.run(referenceAlgebra)(uploaded, inputs).data,
    );
  });

  it("does not release an operand that an operation returns, while it is needed", () => {
    const engine = trackingEngine();
    const lazy: TrackingEngine = {
      ...engine,
      algebra: { ...engine.algebra, stopGradient: <A>(a: A): A => a },
    };
    const sharing = networkOfOperations((algebra, input, condition) => {
      const own = algebra.square(input);
      const shared = algebra.stopGradient(own);
      const given = algebra.stopGradient(condition);
      return algebra.add(algebra.add(shared, given), algebra.abs(shared));
    });
    const inputs = {
      input: engine.upload("image", image(1)),
      condition: engine.upload("image", image(2)),
      time: engine.upload("matrix", time),
    };
    engine.scope(() => sharing.run(releasingAlgebra(lazy, lifetimesOf(sharing)))({}, inputs));
    // The three inputs and the result are still alive.
    expect(engine.liveTensors()).toBe(4);
    engine.release(Object.values(inputs));
  });
});
