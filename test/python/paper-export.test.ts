/** Files of models of the paper's kind in other tools: run in Python, compared with this project's own engine. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine, NdArray } from "@tadsr/core";
import { describePaperFiles, readWeights } from "@tadsr/files";
import {
  openAutoencoder,
  type PaperModel,
  type SwinUNetConfig,
  uploadWeights,
  type VqAutoencoderConfig,
} from "@tadsr/model";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { saveRandom, tinyAutoencoder, tinyUNet } from "../../packages/cli/test/tiny-paper-networks.ts";
import { check, type Dtype, expectSame, inPython, type Run, TOLERANCE, workplace } from "./check.ts";
import { networkRun, oneStep, openEngine, right } from "./one-step.ts";
import { drawn, pictureOf, upsampled } from "./pictures.ts";

const place = workplace();
const { folder, exported } = place;

let engine: Engine<unknown>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const BOTH: readonly Dtype[] = ["float32", "float16"];

/** With factor 4, without a pyramid. */
const fourTimes: SwinUNetConfig = { ...tinyUNet, condition: { channels: 3, size: 64 } };

/** With two entries: hardly a pixel is so near to their middle that rounding would choose the other. */
const ofTwo: VqAutoencoderConfig = { ...tinyAutoencoder, codebookSize: 2 };

/** A folder with random weights for one step. */
const saveFolder = async (
  name: string,
  network: SwinUNetConfig,
  autoencoder: VqAutoencoderConfig,
): Promise<PaperModel> => {
  const home = join(folder, name);
  mkdirSync(home);
  const [unet, coder] = [join(home, "model.safetensors"), join(home, "autoencoder.safetensors")];
  await saveRandom(unet, network);
  await saveRandom(coder, autoencoder, 2);
  const files = { network: { file: unet }, autoencoder: { file: coder } };
  const model = right(await describePaperFiles(files, { imageSize: 64 })());
  const description = { ...model.description, name, steps: 1, sampler: "deterministic" };
  writeFileSync(join(home, "model.json"), JSON.stringify(description));
  return model;
};

const openModel = async (model: PaperModel) => {
  const { network, autoencoder, files } = model;
  const weights = right(await readWeights(files.network.file.name, network.parameters)());
  const coder = right(await readWeights(files.autoencoder.file.name, autoencoder.parameters)());
  return {
    ...model,
    uploaded: uploadWeights(engine, network.parameters, weights),
    coder: openAutoencoder(engine, autoencoder, coder),
    codebook: coder["quantize.embedding.weight"]?.data ?? new Float32Array(),
  };
};

/** By how much the nearest entry of a codebook is nearer than the next one, at the pixel where this is least. */
const leastMargin = ({ shape, data }: NdArray, codebook: NdArray["data"]): number => {
  const channels = shape[3] ?? 1;
  const distance = (pixel: number, entry: number): number => {
    let sum = 0;
    for (let c = 0; c < channels; c++)
      sum += ((data[pixel * channels + c] ?? 0) - (codebook[entry * channels + c] ?? 0)) ** 2;
    return sum;
  };
  const entries = Array.from({ length: codebook.length / channels }, (_, entry) => entry);
  let least = Number.POSITIVE_INFINITY;
  for (let pixel = 0; pixel < data.length / channels; pixel++) {
    const [nearest = 0, next = 0] = entries.map((entry) => distance(pixel, entry)).sort((a, b) => a - b);
    least = Math.min(least, next - nearest);
  }
  return least;
};

const image = (array: NdArray): unknown => engine.upload("image", array);

const chainRun = async (model: PaperModel, height: number, width: number): Promise<Run> => {
  const opened = await openModel(model);
  const { network, coder, codebook, factor, stride } = opened;
  const picture = pictureOf(height, width);
  const noise = drawn(0, 1, height / stride, width / stride, network.latentChannels);
  const z_y = coder.encode(image(upsampled(picture, factor)));
  const z_0 = oneStep(engine, opened, { z_y, condition: image(picture), noise: image(noise) });
  // If this fails, the example is unsuitable: rounding would decide between entries.
  expect(leastMargin(await engine.download("image", z_0), codebook)).toBeGreaterThan(1e-4);
  const result = await engine.download("image", coder.decode(z_0));
  return { inputs: { picture, noise }, expected: { result } };
};

describe("an ONNX file of a model of the paper's kind, in Python,", () => {
  inPython("is the whole chain, where the model takes one step", async () => {
    const example = await chainRun(await saveFolder("four", fourTimes, ofTwo), 64, 64);
    const found = expectSame(place, await exported("four", "chain.onnx"), [example]);
    expect(found.metadata).toMatchObject({ part: "chain", model: "four", size: "64x64" });
    expect(found.metadata.licence).toMatch(/from their authors and not from tadsr/);
    expect(found.outputs).toEqual([{ name: "result", type: "FLOAT", shape: [1, 3, 256, 256] }]);
    // In float16, pixels near the middle of two entries may take the other one. The rest differ by rounding.
    const half = await exported("four", "chain16.onnx", "--dtype", "float16");
    const { median = 1, largest = 0 } = check(place, half, [example]).runs[0]?.result ?? {};
    expect(median).toBeLessThan(TOLERANCE.float16 * largest);
  });

  inPython("is the chain at the picture's own size, with a pyramid", async () => {
    const model = await saveFolder("faces", tinyUNet, ofTwo);
    const file = await exported("faces", "faces.onnx", "--size", "64x128");
    expectSame(place, file, [await chainRun(model, 64, 128)]);
  });

  inPython("is its encoder or its decoder, with open sizes", async () => {
    const { coder } = await openModel(await saveFolder("coder", fourTimes, tinyAutoencoder));
    const encoded = async (height: number, width: number): Promise<Run> => {
      const picture = pictureOf(height, width);
      const z_y = await engine.download("image", coder.encode(image(picture)));
      return { inputs: { picture }, expected: { z_y } };
    };
    const decoded = async (height: number, width: number): Promise<Run> => {
      const z_0 = drawn(height, 1, height, width, 4);
      const result = await engine.download("image", coder.decode(image(z_0)));
      return { inputs: { z_0 }, expected: { result } };
    };
    const runs = {
      encoder: [await encoded(16, 24), await encoded(20, 8)],
      decoder: [await decoded(4, 6), await decoded(5, 2)],
    };
    for (const part of ["encoder", "decoder"] as const)
      for (const dtype of BOTH) {
        const words = ["--part", part, "--dynamic", "--dtype", dtype];
        const file = await exported("coder", `${part}-${dtype}.onnx`, ...words);
        const { weights, metadata } = expectSame(place, file, runs[part], dtype);
        expect(metadata).toMatchObject({ part, size: "any" });
        // Distances to the codebook are compared in float32.
        if (part === "decoder") expect(weights["quantize.embedding.weight"]).toBe("FLOAT");
      }
  });

  inPython(
    "is its network, with the time built in or as an input, in either width and every opset's operators",
    async () => {
      const opened = await openModel(await saveFolder("network", fourTimes, tinyAutoencoder));
      const { T } = opened.schedule;
      const given = (width: number) => ({
        input: drawn(0, 1, 64, width, 4),
        condition: pictureOf(64, width),
      });
      const at = (t: number, width = 128): Promise<Run> => networkRun(engine, opened, given(width), t);
      const [first, last] = [await at(1), await at(T)];
      const network = (out: string, ...words: readonly string[]): Promise<string> =>
        exported("network", out, "--size", "64x128", "--part", "network", ...words);

      expectSame(place, await network("open.onnx", "--open-time"), [first, last]);
      const timed: Run = { inputs: given(128), expected: last.expected };
      expect(expectSame(place, await network("float32.onnx"), [timed]).operators).toContain("Gelu");
      // Half as wide, since ONNX's own evaluator, to which float16 is held too, takes seconds.
      const narrow: Run = { inputs: given(64), expected: (await at(T, 64)).expected };
      const half = await network("float16.onnx", "--dtype", "float16", "--size", "64x64");
      expect(expectSame(place, half, [narrow], "float16").operators).toContain("Gelu");
      const { operators } = expectSame(place, await network("19.onnx", "--opset", "19"), [timed]);
      expect(operators).toContain("Erf");
      expect(operators).not.toContain("Gelu");
    },
  );
});
