import {
  elements,
  type NdArray,
  normal,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
} from "@tadsr/core";
import { describe, expect, it } from "vitest";
import {
  type DiscriminatorConfig,
  discriminator,
  initialWeights,
  type ParameterSpec,
  parameterCount,
  uploadWeights,
} from "../src/index.ts";
import { randomWeights } from "./fixtures.ts";

type Tensors = Readonly<Record<string, ReferenceTensor>>;

const config: DiscriminatorConfig = {
  kind: "discriminator",
  channels: [8, 12],
  strides: [1, 2],
  timeFeatures: 6,
  outputs: 3,
  timeAware: true,
};
const aware = discriminator(config);
const plain = discriminator({ ...config, timeAware: false });

const noise = (stream: number, shape: readonly number[]): NdArray => ({
  shape,
  data: normal({ seed: 6, stream }, 0, elements(shape)),
});

const upload = (specs: readonly ParameterSpec[], weights = randomWeights(specs)): Tensors =>
  uploadWeights(referenceEngine, specs, weights);

const features = (batch: number): readonly ReferenceTensor[] => [
  referenceEngine.upload("image", noise(1, [batch, 4, 6, 8])),
  referenceEngine.upload("image", noise(2, [batch, 3, 3, 12])),
];

const iterated = (network: typeof aware, weights: Tensors, times: number): Tensors =>
  Array.from({ length: times }).reduce<Tensors>(
    (state) => network.powerIteration(referenceAlgebra)(weights, state),
    upload(network.state),
  );

const discriminate = (
  network: typeof aware,
  index: readonly number[],
  weights = upload(network.parameters),
) =>
  network.run(referenceAlgebra)(weights, iterated(network, weights, 1), {
    features: features(index.length),
    time: referenceEngine.upload("matrix", network.timeFeatures(index, index.length)),
  });

const logitsOf = (...given: Parameters<typeof discriminate>): readonly number[] =>
  discriminate(...given).flatMap(({ logits }) => [...logits.data]);

const length = (data: ArrayLike<number>): number => Math.hypot(...Array.from(data));

describe("the discriminator", () => {
  it("gives each head's logits at its feature map's size, and counts heads by their pixels", () => {
    const heads = discriminate(aware, [0, 3]);
    expect(heads.map(({ logits }) => logits.shape)).toEqual([
      [2, 4, 6, 3],
      [2, 3, 3, 3],
    ]);
    expect((heads[0]?.count ?? 0) / (heads[1]?.count ?? 1)).toBe(4);
  });

  it("depends on the time, and the plain GAN does not", () => {
    expect(logitsOf(aware, [0])).not.toEqual(logitsOf(aware, [3]));
    expect(logitsOf(plain, [0])).toEqual(logitsOf(plain, [3]));
    expect(plain.parameters.some(({ name }) => name.startsWith("emb_layers"))).toBe(false);
    expect(aware.parameters.some(({ name }) => name.startsWith("emb_layers"))).toBe(true);
  });

  it("reads each sample by its own time", () => {
    const [both, first] = [discriminate(aware, [2, 0]), discriminate(aware, [2, 3])];
    both.forEach(({ logits: { data } }, head) => {
      const other = first[head]?.logits.data ?? new Float64Array(0);
      const half = data.length / 2;
      expect(data.subarray(0, half)).toEqual(other.subarray(0, half));
      expect(data.subarray(half)).not.toEqual(other.subarray(half));
    });
  });

  it("normalises every weight of the sequence to the spectral norm 1, after enough power iterations", () => {
    const weights = upload(aware.parameters);
    const state = iterated(aware, weights, 400);
    const sequences = aware.parameters.filter(({ kind }) => kind === "sequence");
    expect(sequences.length).toBe(6);
    for (const { name, shape } of sequences) {
      const stem = name.replace(/_orig$/, "");
      const [W, u, v] = [weights[name], state[`${stem}_u`], state[`${stem}_v`]];
      if (W === undefined || u === undefined || v === undefined) throw new Error(name);
      const { data } = referenceAlgebra.spectralNormalize(W, u, v);
      const rows = shape[0] ?? 0;
      const columns = data.length / rows;
      const times = (x: ArrayLike<number>): number[] =>
        Array.from({ length: rows }, (_, row) =>
          Array.from({ length: columns }).reduce<number>(
            (sum, _, i) => sum + (data[row * columns + i] ?? 0) * (x[i] ?? 0),
            0,
          ),
        );
      expect(length(times(v.data))).toBeCloseTo(1, 9); // attained
      for (let stream = 0; stream < 20; stream++) {
        const x = noise(50 + stream, [columns]).data;
        expect(length(times(x))).toBeLessThanOrEqual(length(x) * (1 + 1e-9)); // never passed
      }
    }
  });

  it("has u and v of length 1 after one power iteration, whatever they were before", () => {
    const weights = upload(aware.parameters);
    const state = iterated(aware, weights, 1);
    expect(Object.keys(state).sort()).toEqual(aware.state.map(({ name }) => name).sort());
    for (const { data } of Object.values(state)) expect(length(data)).toBeCloseTo(1, 12);
  });

  it("ignores its features before it is trained, because its feature layers start at zero", () => {
    const fresh = upload(aware.parameters, initialWeights(aware.parameters, { seed: 3 }));
    const [first] = discriminate(aware, [1], fresh);
    const { data } = first?.logits ?? { data: new Float64Array(0) };
    const ofPixel = [...data.subarray(0, 3)];
    expect(length(ofPixel)).toBeGreaterThan(0);
    for (let pixel = 0; pixel < 24; pixel++)
      expect(
        length([...data.subarray(3 * pixel, 3 * pixel + 3)].map((x, i) => x - (ofPixel[i] ?? 0))),
      ).toBeLessThan(1e-12);
  });

  it("reads every parameter and all of its state, and no other", () => {
    const read = new Set<string>();
    const watched = (tensors: Tensors): Tensors =>
      new Proxy(tensors, {
        get: (target, name) => {
          read.add(String(name));
          return Reflect.get(target, name);
        },
      });
    aware.run(referenceAlgebra)(watched(upload(aware.parameters)), watched(upload(aware.state)), {
      features: features(1),
      time: referenceEngine.upload("matrix", aware.timeFeatures(0, 1)),
    });
    expect([...read].sort()).toEqual([...aware.parameters, ...aware.state].map(({ name }) => name).sort());
  });

  it("has the number of parameters that its definition gives", () => {
    const ofScale = (C: number): number => {
      const head = C * C + C + 2 * C + (9 * C * C + C) + 2 * C + (3 * C + 3);
      return head + (2 * C * 6 + 2 * C) + 2 * C + (9 * C * C + C);
    };
    expect(parameterCount(aware.parameters)).toBe(ofScale(8) + ofScale(12));
  });

  it("refuses another number of feature maps", () => {
    const weights = upload(aware.parameters);
    expect(() =>
      aware.run(referenceAlgebra)(weights, iterated(aware, weights, 1), {
        features: features(1).slice(1),
        time: referenceEngine.upload("matrix", aware.timeFeatures(0, 1)),
      }),
    ).toThrow("the discriminator got 1 feature maps, expected 2");
  });
});
