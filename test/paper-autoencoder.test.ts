/** The VQ autoencoder gives the authors' numbers on every runtime, from a file like those that they publish. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Algebra, NdArray, Runtime, Tensors } from "@tadsr/core";
import {
  type HostWeights,
  inferArchitecture,
  type OpenAutoencoder,
  openAutoencoder,
  readVqAutoencoderConfig,
  uploadWeights,
  type VqAutoencoderConfig,
  type VqQuantiser,
  vqAutoencoder,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperFixtures } from "../packages/model/test/paper-fixtures.ts";
import { imageOf, recorded, relativeError } from "./recorded.ts";
import { runtimes } from "./runtimes.ts";

const folder = paperFixtures();

const NAME = "vq_f8_face";

interface Recorded {
  readonly config: VqAutoencoderConfig;
  readonly weights: HostWeights;
  /** The first sample's images, [1, h, w, c], and its indices [1, h, w, 1]. */
  readonly picture: NdArray;
  readonly z: NdArray;
  readonly indices: NdArray;
  readonly quantised: NdArray;
  readonly decoded: NdArray;
  readonly decodedPlain: NdArray;
}

let given: Recorded;

beforeAll(async () => {
  const io = await recorded(join(folder(), `${NAME}.io.safetensors`));
  const weights = await recorded(join(folder(), `${NAME}.legacy.pth`));
  const manifest = JSON.parse(readFileSync(join(folder(), "manifest.json"), "utf8")) as {
    readonly [NAME]: { readonly config: unknown };
  };
  const read = readVqAutoencoderConfig("manifest.json", manifest[NAME].config);
  if (E.isLeft(read)) throw new Error(read.left.message);
  const image = (name: string): NdArray => imageOf(io[name] as NdArray, 1);
  const z = image("z");
  const [n = 0, h = 0, w = 0] = z.shape;
  given = {
    config: read.right,
    weights,
    picture: image("image"),
    z,
    indices: { shape: [n, h, w, 1], data: (io.indices as NdArray).data.slice(0, n * h * w) },
    quantised: image("quant"),
    decoded: image("decoded"),
    decodedPlain: image("decoded_unquantized"),
  };
});

const TOLERANCE = 1e-4;

/** How much nearer to z one entry of the codebook is than the other, relative to the distances. */
const advantage = (point: number[], codebook: NdArray, one: number, other: number): number => {
  const channels = point.length;
  const distance = (entry: number): number =>
    point.reduce((sum, value, c) => sum + (value - (codebook.data[entry * channels + c] as number)) ** 2, 0);
  return (distance(other) - distance(one)) / Math.max(distance(one), distance(other));
};

describe("the authors' file of the face autoencoder", () => {
  it("tells the manifest's configuration by its names and shapes", () => {
    const shapes = new Map(Object.entries(given.weights).map(([name, { shape }]) => [name, shape]));
    expect(inferArchitecture(shapes)).toEqual(
      E.right({ kind: "vq-autoencoder", config: given.config, assumed: [] }),
    );
  });
});

const describeAgreement = async <T>({ name, open }: Runtime<T>): Promise<void> => {
  const opened = await open();
  if (E.isLeft(opened)) {
    const title = `the VQ autoencoder on ${name}`;
    const { missing, remedy } = opened.left;
    if (process.env.TADSR_NO_SKIPS === "1") it(title, () => expect.fail(`${missing}; ${remedy}`));
    else it.skip(`${title}: skipped: ${missing}; ${remedy}`, () => undefined);
    return;
  }
  const engine = opened.right;
  afterAll(() => engine.close());

  /** A computation with the quantiser, on its codebook and on an image. */
  const quantise = async (
    array: NdArray,
    compute: (quantiser: VqQuantiser, algebra: Algebra<T>, weights: Tensors<T>, input: T) => T,
  ): Promise<NdArray> => {
    const { quantiser } = vqAutoencoder(given.config);
    const weights = uploadWeights(engine, quantiser.parameters, given.weights);
    const input = engine.upload("image", array);
    const result = engine.scope(() => compute(quantiser, engine.algebra, weights, input));
    const brought = await engine.download("image", result);
    engine.release([...Object.values(weights), input, result]);
    return brought;
  };

  const runOpen = async (
    array: NdArray,
    compute: (latent: OpenAutoencoder<T>, input: T) => T,
  ): Promise<NdArray> => {
    const before = engine.liveTensors();
    const latent = openAutoencoder(engine, vqAutoencoder(given.config), given.weights);
    const input = engine.upload("image", array);
    const result = compute(latent, input);
    const brought = await engine.download("image", result);
    latent.close();
    engine.release([input, result]);
    expect(engine.liveTensors()).toBe(before);
    return brought;
  };

  describe(`the VQ autoencoder on ${name}`, () => {
    it("encodes as the authors' does, and leaves nothing but the result", async () => {
      const z = await runOpen(given.picture, (latent, picture) => latent.encode(picture));
      expect(relativeError(z, given.z)).toBeLessThan(TOLERANCE);
    });

    it("quantises as the authors' does, except for ties", async () => {
      const indices = await quantise(given.z, (quantiser, algebra, weights, z) =>
        quantiser.indices(algebra, weights, z),
      );
      const codebook = given.weights["quantize.embedding.weight"] as NdArray;
      const { latentChannels: channels } = given.config;
      indices.data.forEach((found, pixel) => {
        const expected = given.indices.data[pixel] as number;
        const point = [...given.z.data.subarray(pixel * channels, (pixel + 1) * channels)];
        if (found !== expected)
          expect(Math.abs(advantage(point, codebook, expected, found))).toBeLessThan(1e-5);
      });
      const entries = await quantise(given.indices, (quantiser, algebra, weights, named) =>
        quantiser.entries(algebra, weights, named),
      );
      expect(relativeError(entries, given.quantised)).toBeLessThan(1e-6);
    });

    it("decodes as the authors' does, with quantisation and without", async () => {
      const decoded = await runOpen(given.z, (latent, z) => latent.decode(z));
      expect(relativeError(decoded, given.decoded)).toBeLessThan(TOLERANCE);
      const plain = await runOpen(given.z, (latent, z) => latent.decode(z, { quantised: false }));
      expect(relativeError(plain, given.decodedPlain)).toBeLessThan(TOLERANCE);
    });
  });
};

for (const runtime of Object.values(runtimes)) await describeAgreement(runtime);
