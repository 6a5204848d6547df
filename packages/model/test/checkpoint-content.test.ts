/** What a file of weights is told to hold. `tadsr inspect` prints it; more kinds of files are in its tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import {
  checkpointContent,
  fileInMemory,
  publishedModels,
  randomFiles,
  sinkInMemory,
  swinUNet,
  vqAutoencoder,
  writeRandomWeights,
} from "../src/index.ts";
import { publishedWith } from "../src/inference/checkpoint-content.ts";

const fixture = (name: string) =>
  fileInMemory(name, readFileSync(join(import.meta.dirname, "fixtures/pytorch", name)));

/** Published networks made small. */
const tiny = {
  network: { ...publishedModels["faceir-s4"].network, channels: 32, multipliers: [1], blocks: [1] },
  autoencoder: { ...publishedModels["faceir-s4"].autoencoder, channels: 32 },
  files: publishedModels["faceir-s4"].files,
};

describe("the content of a file of weights", () => {
  it("is its groups, its tensors, and that they are of no known network", async () => {
    const content = await checkpointContent(fixture("training.pth"))();
    expect(content).toMatchObject({
      right: {
        format: "pytorch-zip",
        groups: [
          { path: "params", tensors: 9 },
          { path: "params_ema", tensors: 8 },
          { path: "optimizer.state.4", tensors: 3 },
          { path: "optimizer.state.5", tensors: 3 },
        ],
        group: "params_ema",
        takenFor: { architecture: null, features: null, reason: expect.stringContaining("training.pth: ") },
      },
    });
    const other = await checkpointContent(fixture("training.pth"), { group: "params" })();
    expect(E.isRight(other) && other.right.tensors.length).toBe(9);
    const none = await checkpointContent(fixture("training.pth"), { group: "ema" })();
    expect(none).toMatchObject({ left: { _tag: "UnknownGroup", path: "ema" } });
  });

  it("names the published models of which a configuration is, whatever the order of its fields", () => {
    const { network, autoencoder } = publishedModels["faceir-s4"];
    expect(publishedWith(autoencoder)).toEqual(["faceir-s4"]);
    const { kind, ...others } = network;
    expect(publishedWith({ ...others, kind })).toEqual(["faceir-s4"]);
    expect(publishedWith({ ...network, imageSize: 32 })).toEqual([]);
    expect(publishedWith(publishedModels["tad-sr-s1"].network)).toEqual([
      "realsr-s15",
      "sinsr-s1",
      "tad-sr-s1",
    ]);
  });
});

describe("random files of a published model", () => {
  it("have the authors' names and all tensors of the networks, and differ in their seeds", async () => {
    const files = randomFiles(publishedModels["faceir-s4"], 3);
    expect(files.map(({ name }) => name)).toEqual(Object.values(publishedModels["faceir-s4"].files));
    expect(files.map(({ seed }) => seed)).toEqual([6, 7]);
    const { network, autoencoder } = publishedModels["faceir-s4"];
    expect(files.map(({ parameters }) => parameters)).toEqual([
      swinUNet(network).parameters,
      vqAutoencoder(autoencoder).parameters,
    ]);
  });

  it("are taken for the network that they are of", async () => {
    const [, file] = randomFiles(tiny, 1);
    if (file === undefined) throw new Error("there are two files");
    const sink = sinkInMemory(file.name);
    const { seed, parameters } = file;
    await writeRandomWeights(sink, parameters, { seed, dtype: "F16", format: "pytorch-zip" })();
    const content = await checkpointContent(fileInMemory(file.name, sink.bytes()))();
    expect(content).toMatchObject({
      right: { takenFor: { architecture: { kind: "vq-autoencoder", config: tiny.autoencoder } } },
    });
  });
});
