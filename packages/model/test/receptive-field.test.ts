import { elements, type NdArray, normal, referenceAlgebra, referenceEngine } from "@tadsr/core";
import { describe, expect, it } from "vitest";
import {
  type ConditionedNetwork,
  type ResidualUNetConfig,
  receptiveField,
  residualUNet,
} from "../src/index.ts";

const tiny: ResidualUNetConfig = {
  kind: "residual-unet",
  latentChannels: 2,
  channels: [3, 4],
  blocks: [1, 1],
  timeFeatures: 4,
  timeChannels: 4,
};

const noise = (stream: number, shape: readonly number[], size = 1): NdArray => ({
  shape,
  data: normal({ seed: 5, stream }, 0, elements(shape)).map((v) => v * size),
});

/** None of these weights is zero, so that everything that can reach an output does. */
const weightsOf = (network: ConditionedNetwork) =>
  Object.fromEntries(
    network.parameters.map(({ name, kind, shape }, i) => [
      name,
      referenceEngine.upload(kind, noise(100 + i, shape, 0.5)),
    ]),
  );

const predict = (network: ConditionedNetwork, input: NdArray, condition: NdArray): Float64Array => {
  const result = network.run(referenceAlgebra)(weightsOf(network), {
    input: referenceEngine.upload("image", input),
    condition: referenceEngine.upload("image", condition),
    time: referenceEngine.upload("matrix", network.timeFeatures(3, 1)),
  });
  return result.data;
};

/** The rows that change if a row of the input changes, relative to that row: [first, last]. */
const changedRows = (network: ConditionedNetwork, side: number, row: number): readonly [number, number] => {
  const shape = [1, side, side, network.latentChannels];
  const [input, condition] = [noise(1, shape), noise(2, shape)];
  const changed = { shape, data: Float64Array.from(input.data) };
  const length = side * network.latentChannels;
  for (let i = 0; i < length; i++) changed.data[row * length + i] = 3 - i / 7;
  const [before, after] = [predict(network, input, condition), predict(network, changed, condition)];
  const rows = Array.from({ length: side }, (_, y) => y).filter((y) =>
    before.subarray(y * length, (y + 1) * length).some((value, i) => value !== after[y * length + i]),
  );
  return [(rows[0] ?? 0) - row, (rows.at(-1) ?? 0) - row];
};

describe("receptive field", () => {
  it("is exactly what a change of the input reaches", () => {
    const network = residualUNet(tiny);
    const { margin, alignment } = receptiveField(network);
    expect(alignment).toBe(2);
    const side = 4 * margin + 4;
    const reaches = [0, 1].map((phase) => changedRows(network, side, 2 * margin + phase));
    const furthest = Math.max(...reaches.flatMap(([first, last]) => [-first, last]));
    expect(furthest).toBe(margin);
  });

  it("grows with blocks and levels", () => {
    const margins = [
      { ...tiny, blocks: [1, 1] },
      { ...tiny, blocks: [2, 1] },
      { ...tiny, channels: [3, 4, 4], blocks: [2, 1, 1] },
    ].map((config) => receptiveField(residualUNet(config)).margin);
    expect(margins).toEqual([...margins].sort((a, b) => a - b));
    expect(new Set(margins).size).toBe(3);
  });

  it("refuses a network that averages over space", () => {
    const network: ConditionedNetwork = {
      ...residualUNet(tiny),
      run:
        (algebra) =>
        (_, { condition }) =>
          algebra.mean(condition),
    };
    expect(() => receptiveField(network)).toThrow(/no finite receptive field/);
  });
});
