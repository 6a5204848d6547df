import {
  elements,
  type NdArray,
  normal,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
} from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { initialWeights, parameterCount, type ResidualUNetConfig, residualUNet } from "../src/index.ts";

const tiny: ResidualUNetConfig = {
  kind: "residual-unet",
  latentChannels: 3,
  channels: [4, 6],
  blocks: [1, 1],
  timeFeatures: 4,
  timeChannels: 5,
};
const network = residualUNet(tiny);

const noise = (stream: number, shape: readonly number[]): NdArray => ({
  shape,
  data: normal({ seed: 2, stream }, 0, elements(shape)),
});

const upload = (weights: Readonly<Record<string, NdArray>>): Record<string, ReferenceTensor> =>
  Object.fromEntries(
    network.parameters.map(({ name, kind, shape }) => [
      name,
      referenceEngine.upload(kind, weights[name] ?? { shape, data: new Float64Array(0) }),
    ]),
  );

const inputs = (batch: number, index: number | readonly number[]) => {
  const shape = [batch, 4, 6, tiny.latentChannels];
  return {
    input: referenceEngine.upload("image", noise(1, shape)),
    condition: referenceEngine.upload("image", noise(2, shape)),
    time: referenceEngine.upload("matrix", network.timeFeatures(index, batch)),
  };
};

const random = (): Record<string, ReferenceTensor> =>
  upload(Object.fromEntries(network.parameters.map(({ name, shape }, i) => [name, noise(10 + i, shape)])));

describe("the residual UNet", () => {
  it("is bicubic before it is trained: it predicts z_y", () => {
    const given = inputs(2, 1);
    const weights = upload(initialWeights(network.parameters, { seed: 4 }));
    expect(network.run(referenceAlgebra)(weights, given).data).toEqual(given.condition.data);
  });

  it("reads every parameter that it declares, and no other", () => {
    const read = new Set<string>();
    const watched = new Proxy(random(), {
      get: (target, name) => {
        read.add(String(name));
        return Reflect.get(target, name);
      },
    });
    network.run(referenceAlgebra)(watched, inputs(1, 0));
    expect([...read].sort()).toEqual(network.parameters.map(({ name }) => name).sort());
  });

  it("names the parameter that is missing", () => {
    const { "down.0.0.conv1.weight": _, ...rest } = random();
    expect(() => network.run(referenceAlgebra)(rest, inputs(1, 0))).toThrow(/down\.0\.0\.conv1\.weight/);
  });

  it("gives each sample its own time", () => {
    const weights = random();
    const run = (index: number | readonly number[]) =>
      network.run(referenceAlgebra)(weights, inputs(2, index)).data;
    const [mixed, zeros, threes] = [run([0, 3]), run(0), run(3)];
    const half = mixed.length / 2;
    expect(mixed.slice(0, half)).toEqual(zeros.slice(0, half));
    expect(mixed.slice(half)).toEqual(threes.slice(half));
    expect(zeros.slice(0, half)).not.toEqual(threes.slice(0, half));
  });

  it("feeds cosines first, then sines, with periods up to 10000", () => {
    const { shape, data } = network.timeFeatures([0, 7], 2);
    expect(shape).toEqual([2, 4]);
    const frequencies = [1, 10000 ** -0.5];
    const expected = [
      1,
      1,
      0,
      0,
      ...frequencies.map((f) => Math.cos(7 * f)),
      ...frequencies.map((f) => Math.sin(7 * f)),
    ];
    for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 6);
  });

  it("counts its parameters", () => {
    const small = residualUNet({
      kind: "residual-unet",
      latentChannels: 48,
      channels: [64, 96, 128],
      blocks: [2, 2, 2],
      timeFeatures: 64,
      timeChannels: 128,
    });
    expect(parameterCount(small.parameters)).toBe(2_073_840);
  });

  it("draws the same first weights from the same seed, with the variance of its fan-in", () => {
    const [a, b, c] = [4, 4, 5].map((seed) => initialWeights(network.parameters, { seed }));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    const { parameters } = residualUNet({ ...tiny, channels: [64, 64] });
    const weight = Array.from(initialWeights(parameters, { seed: 1 })["down.0.0.conv1.weight"]?.data ?? []);
    const variance = weight.reduce((sum, value) => sum + value * value, 0) / weight.length;
    expect(variance * 64 * 9).toBeCloseTo(1, 1);
  });

  it("has an encoder that gives the output of each level's blocks, at its declared strides", () => {
    const { channels, strides, run } = network.encoder;
    expect([channels, strides]).toEqual([
      [4, 6],
      [1, 2],
    ]);
    const weights = random();
    const maps = run(referenceAlgebra)(weights, inputs(2, 1));
    expect(maps.map(({ shape }) => shape)).toEqual([
      [2, 4, 6, 4],
      [2, 2, 3, 6],
    ]);
    const later = run(referenceAlgebra)(weights, inputs(2, 3));
    for (const [k, { data }] of maps.entries()) expect(later[k]?.data).not.toEqual(data);
  });

  it("has an encoder that reads no parameter of the way up", () => {
    const read = new Set<string>();
    const watched = new Proxy(random(), {
      get: (target, name) => {
        read.add(String(name));
        return Reflect.get(target, name);
      },
    });
    network.encoder.run(referenceAlgebra)(watched, inputs(1, 0));
    const onTheWayUp = /^(up|grow|output)\b/;
    const expected = network.parameters.map(({ name }) => name).filter((name) => !onTheWayUp.test(name));
    expect([...read].sort()).toEqual(expected.sort());
  });
});
