import {
  elements,
  type NdArray,
  normal,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
} from "@tadsr/core";
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  initialWeights,
  openAutoencoder,
  parameterCount,
  readVqAutoencoderConfig,
  straightThrough,
  uploadWeights,
  type VqAutoencoderConfig,
  vqAutoencoder,
  vqF4,
  vqF8Face,
} from "../src/index.ts";
import { randomWeights } from "./fixtures.ts";
import { trackingEngine } from "./tracking-engine.ts";

const tiny: VqAutoencoderConfig = {
  kind: "vq-autoencoder",
  inputChannels: 3,
  outputChannels: 3,
  channels: 32,
  multipliers: [1, 2],
  blocks: [1, 2],
  attentionLevels: [1],
  innerChannels: 5,
  latentChannels: 4,
  codebookSize: 16,
};

const image = (shape: readonly number[], stream = 0): NdArray => ({
  shape,
  data: normal({ seed: 3, stream }, 0, elements(shape)),
});

const autoencoder = vqAutoencoder(tiny);
const host = randomWeights(autoencoder.parameters);
const weights = uploadWeights(referenceEngine, autoencoder.parameters, host);
const upload = (array: NdArray): ReferenceTensor => referenceEngine.upload("image", array);

describe("vqAutoencoder", () => {
  it("has the published autoencoders' parameters: 55 322 782 in f4", () => {
    expect(parameterCount(vqAutoencoder(vqF4).parameters)).toBe(55_322_782);
    expect(vqAutoencoder(vqF4)).toMatchObject({ factor: 4, latentChannels: 3 });
    expect(vqAutoencoder(vqF8Face)).toMatchObject({ factor: 8, latentChannels: 8 });
  });

  it("has the parameters of its three parts, none twice", () => {
    const names = autoencoder.parameters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const parts = [autoencoder.encoder, autoencoder.quantiser, autoencoder.decoder];
    expect(parts.reduce((sum, { parameters }) => sum + parameterCount(parameters), 0)).toBe(
      parameterCount(autoencoder.parameters),
    );
    expect(autoencoder.quantiser.parameters.map(({ name }) => name)).toEqual(["quantize.embedding.weight"]);
  });

  it("encodes to a latent of a factor's size, and decodes it to the picture's", () => {
    const z = autoencoder.encoder.run(referenceAlgebra, weights, upload(image([2, 4, 6, 3])));
    expect(z.shape).toEqual([2, 2, 3, 4]);
    expect(autoencoder.decode(referenceAlgebra, weights, z).shape).toEqual([2, 4, 6, 3]);
  });

  it("quantises before it decodes", () => {
    const z = upload(image([1, 2, 2, 4]));
    const { quantiser, decoder } = autoencoder;
    const quantised = quantiser.run(referenceAlgebra, weights, z);
    const decoded = autoencoder.decode(referenceAlgebra, weights, z);
    expect(decoded.data).toEqual(decoder.run(referenceAlgebra, weights, quantised).data);
    expect(decoded.data).not.toEqual(decoder.run(referenceAlgebra, weights, z).data);
  });

  it("quantises to the nearest entry of the codebook, which quantises to itself", () => {
    const { quantiser } = autoencoder;
    const codebook = host["quantize.embedding.weight"] as NdArray;
    const entry = (index: number): number[] => [...codebook.data.slice(4 * index, 4 * index + 4)];
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (point) => {
          const z = upload({ shape: [1, 1, 1, 4], data: Float64Array.from(point) });
          const indices = quantiser.indices(referenceAlgebra, weights, z);
          const distances = Array.from({ length: tiny.codebookSize }, (_, index) =>
            entry(index).reduce((sum, value, c) => sum + (value - (point[c] ?? 0)) ** 2, 0),
          );
          expect(distances[indices.data[0] ?? -1]).toBeCloseTo(Math.min(...distances), 12);
          const quantised = quantiser.run(referenceAlgebra, weights, z);
          expect([...quantised.data]).toEqual(entry(indices.data[0] ?? -1));
          expect(quantiser.entries(referenceAlgebra, weights, indices).data).toEqual(quantised.data);
          expect(quantiser.indices(referenceAlgebra, weights, quantised).data).toEqual(indices.data);
        },
      ),
    );
  });

  it("starts with norms that scale by 1, so that values keep their size", () => {
    const fresh = initialWeights(autoencoder.parameters, { seed: 1 });
    expect([...(fresh["encoder.norm_out.weight"]?.data ?? [])]).toEqual(Array(64).fill(1));
    expect(fresh["quantize.embedding.weight"]?.data.some((value) => value !== 0)).toBe(true);
    const own = uploadWeights(referenceEngine, autoencoder.parameters, fresh);
    const z = autoencoder.encoder.run(referenceAlgebra, own, upload(image([1, 4, 4, 3])));
    const size = Math.sqrt(z.data.reduce((sum, value) => sum + value ** 2, 0) / z.data.length);
    expect(size).toBeGreaterThan(0.1);
    expect(size).toBeLessThan(10);
  });
});

describe("straightThrough", () => {
  it("has the quantised value", () => {
    const [z, quantised] = [upload(image([1, 2, 2, 4])), upload(image([1, 2, 2, 4], 1))];
    const { data } = straightThrough(referenceAlgebra)(z, quantised);
    data.forEach((value, i) => {
      expect(value).toBeCloseTo(quantised.data[i] ?? 0, 12);
    });
  });
});

describe("openAutoencoder", () => {
  it("gives the network's numbers, quantised or not, and leaves only the result on the engine", () => {
    const engine = trackingEngine();
    const latent = openAutoencoder(engine, autoencoder, host);
    const picture = engine.upload("image", image([1, 4, 6, 3]));
    const z = latent.encode(picture);
    const decoded = latent.decode(z);
    const plain = latent.decode(z, { quantised: false });
    const { encoder, decoder } = autoencoder;
    const expected = encoder.run(referenceAlgebra, weights, upload(image([1, 4, 6, 3])));
    expect(z.tensor.data).toEqual(expected.data);
    expect(decoded.tensor.data).toEqual(autoencoder.decode(referenceAlgebra, weights, expected).data);
    expect(plain.tensor.data).toEqual(decoder.run(referenceAlgebra, weights, expected).data);
    expect(engine.liveTensors()).toBe(autoencoder.parameters.length + 4);
    latent.close();
    engine.release([picture, z, decoded, plain]);
    expect(engine.liveTensors()).toBe(0);
  });

  it("holds only a few of the intermediates at once", () => {
    const engine = trackingEngine();
    const latent = openAutoencoder(engine, autoencoder, host);
    const picture = engine.upload("image", image([1, 16, 16, 3]));
    engine.peak();
    const before = engine.peak();
    const z = latent.encode(picture);
    // Three images of the finest level's 32 channels: an input that waits to be added, and a step's two.
    expect(engine.peak() - before).toBeLessThanOrEqual(3 * 32 * 16 * 16);
    engine.release([z]);
  });
});

const record = (ddconfig: object = {}, outer: object = {}) => ({
  ddconfig: {
    double_z: false,
    z_channels: 3,
    resolution: 256,
    in_channels: 3,
    out_ch: 3,
    ch: 128,
    ch_mult: [1, 2, 4],
    num_res_blocks: 2,
    attn_resolutions: [],
    dropout: 0.0,
    padding_mode: "zeros",
    ...ddconfig,
  },
  n_embed: 8192,
  embed_dim: 3,
  ...outer,
});

describe("readVqAutoencoderConfig", () => {
  it("reads the authors' record of f4, and of the face f8 with blocks by level", () => {
    expect(readVqAutoencoderConfig("m", record())).toEqual(E.right(vqF4));
    const face = {
      z_channels: 8,
      resolution: 512,
      ch: 64,
      ch_mult: [1, 2, 4, 8],
      num_res_blocks: [1, 2, 3, 4],
    };
    expect(readVqAutoencoderConfig("m", record(face, { n_embed: 4096, embed_dim: 8 }))).toEqual(
      E.right(vqF8Face),
    );
  });

  it("translates attention's resolutions to levels", () => {
    const read = readVqAutoencoderConfig("m", record({ attn_resolutions: [64, 256, 7] }));
    expect(E.isRight(read) && read.right.attentionLevels).toEqual([0, 2]);
  });

  it.each<[object, object, string]>([
    [{ double_z: true }, {}, "ddconfig.double_z: found true, expected false or nothing"],
    [{ padding_mode: "reflect" }, {}, 'ddconfig.padding_mode: found "reflect", expected "zeros"'],
    [{ attn_type: "linear" }, {}, 'ddconfig.attn_type: found "linear", expected "vanilla"'],
    [{ ch: 100 }, {}, "ddconfig.ch: found 100, expected a multiple of 32"],
    [{ ch: "128" }, {}, 'ddconfig.ch: found "128", expected a whole number'],
    [{ ch_mult: [] }, {}, "ddconfig.ch_mult: found [], expected a list"],
    [
      { num_res_blocks: [1, 2] },
      {},
      "ddconfig.num_res_blocks: found [1,2], expected a whole number, or a list of 3",
    ],
    [
      { resolution: 30, attn_resolutions: [15] },
      {},
      "ddconfig.resolution: found 30, expected a multiple of 4",
    ],
    [{}, { n_embed: undefined }, "n_embed: found nothing, expected a whole number"],
    [{}, { remap: "file.npy" }, 'remap: found "file.npy", expected false or nothing'],
    [{}, { ddconfig: 3 }, "ddconfig: found 3, expected an object"],
  ])("refuses %j %j", (inner, outer, expected) => {
    const read = readVqAutoencoderConfig("manifest.json", record(inner, outer));
    const message = E.isLeft(read) ? read.left.message : "";
    expect(message).toContain(`manifest.json: ${expected}`);
    expect(message).not.toContain("\n");
  });
});
