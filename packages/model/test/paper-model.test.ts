import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeFolder, describePaperFiles } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { beforeAll, describe, expect, it } from "vitest";
import {
  decodePaperDescription,
  type PaperDescription,
  type PaperModel,
  type PaperModelOptions,
  publishedModels,
  vqF4,
} from "../src/index.ts";
import { alignmentOf, factorOfPair, latentStride } from "../src/paper/pairing.ts";
import { paperFixtures } from "./paper-fixtures.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const fixture = paperFixtures();

const describeFiles = (network: string, autoencoder: string, options?: PaperModelOptions) =>
  describePaperFiles(
    {
      network: { file: join(fixture(), network) },
      autoencoder: { file: join(fixture(), autoencoder) },
    },
    options,
  )();

const UNET = "unet_face.pth";
const AUTOENCODER = "vq_f8_face.legacy.pth";

const faces = async (options?: PaperModelOptions): Promise<PaperModel> => {
  const found = await describeFiles(UNET, AUTOENCODER, options);
  if (E.isLeft(found)) throw new Error(found.left.message);
  return found.right;
};

/** The message with paths cut to their last names. */
const refusal = (result: E.Either<{ readonly message: string }, unknown>): string =>
  E.isLeft(result) ? result.left.message.replaceAll(/(?<=^| )\/\S*\//g, "") : "it was accepted";

describe("sizes", () => {
  it.each(Object.values(publishedModels))("of $name are related as published", (published) => {
    const { network, autoencoder, factor } = published;
    expect(factorOfPair(network, autoencoder)).toBe(factor);
    expect(alignmentOf(network)).toBe(64);
    expect(latentStride(network)).toBe(published.name === "faceir-s4" ? 8 : 1);
  });

  it("need a larger alignment if there are more levels", () => {
    const { network } = publishedModels["faceir-s4"];
    const deep = { ...network, multipliers: [1, 1, 1, 1, 1], blocks: [1, 1, 1, 1, 1] };
    expect(alignmentOf(deep)).toBe(128);
  });
});

describe("two files of the authors'", () => {
  it("make a model, whose schedule is guessed unless it is given", async () => {
    const guessed = await faces();
    expect(guessed.description).toMatchObject({ name: "faceir-s4", steps: 4, sampler: "ancestral" });
    expect([guessed.factor, guessed.stride, guessed.alignment, guessed.schedule.T]).toEqual([2, 4, 64, 4]);
    expect(guessed.assumed[0]).toMatch(/^faceir-s4/);
    const told = await faces({ config: "faceir-s4" });
    expect(told.assumed).toEqual(guessed.assumed.slice(1));
    expect(told.description).toEqual(guessed.description);
  });

  it("make a model whose windows may be given", async () => {
    const { description } = await faces({ window: 16 });
    expect(description.network.swin.window).toBe(16);
  });

  it("are refused if they are not the networks that they are given as", async () => {
    expect(refusal(await describeFiles(AUTOENCODER, AUTOENCODER))).toBe(
      "vq_f8_face.legacy.pth: expected a UNet with Swin layers, found a VQ autoencoder: give it as the autoencoder",
    );
    expect(refusal(await describeFiles(UNET, UNET))).toMatch(
      /^unet_face\.pth: expected a VQ autoencoder, found a UNet/,
    );
    expect(refusal(await describeFiles("discriminator.pth", AUTOENCODER))).toMatch(/found a discriminator/);
    expect(refusal(await describeFiles(UNET, "manifest.json"))).toMatch(/^manifest\.json: /);
    expect(refusal(await describeFiles("none.pth", AUTOENCODER))).toMatch(/does not exist/);
  });

  it("are refused if they do not belong together, or do not fit the configuration", async () => {
    expect(refusal(await describeFiles("unet_a.pth", AUTOENCODER))).toBe(
      "unet_a.pth and vq_f8_face.legacy.pth do not belong together: latentChannels: found 3, expected the 8 " +
        "channels of the autoencoder's latent",
    );
    expect(refusal(await describeFiles(UNET, AUTOENCODER, { config: "realsr-s15" }))).toMatch(
      /^unet_face\.pth: it has a pyramid for the LR picture, and realsr-s15 is a network with no pyramid/,
    );
  });
});

const at = await temporaryFolder();

/** Of the small family. */
const TINY = {
  format: "tadsr-model/1",
  name: "tiny",
  latent: { kind: "space-to-depth", factor: 4 },
  schedule: { steps: 4, kappa: 1, minNoiseLevel: 0.2, etasEnd: 0.99, power: 0.3 },
  network: { kind: "stack", latentChannels: 48, channels: 8, blocks: 1, timeFeatures: 4, timeChannels: 8 },
  steps: 1,
};

describe("model.json", () => {
  let description: PaperDescription;
  beforeAll(async () => {
    ({ description } = await faces());
  });

  const change = (changed: Readonly<Record<string, unknown>>) =>
    decodePaperDescription("model.json", { ...description, ...changed });

  it("of a folder is read back as it was written, and the files are beside it", async () => {
    await mkdir(at("faces"));
    await writeFile(at("faces/model.json"), JSON.stringify(description));
    await copyFile(join(fixture(), UNET), at("faces/model.safetensors"));
    const found = await describeFolder(at("faces"))();
    const files = { autoencoder: { file: { name: at("faces/autoencoder.safetensors") } } };
    const model = { description, factor: 2, assumed: [], files };
    expect(found).toMatchObject({ right: { kind: "paper", model } });
  });

  it("of the small family is not of this kind", async () => {
    await mkdir(at("small"));
    await writeFile(at("small/model.json"), JSON.stringify(TINY));
    expect(await describeFolder(at("small"))()).toMatchObject({
      right: { kind: "small", model: { description: TINY, file: { name: at("small/model.safetensors") } } },
    });
    await writeFile(at("small/model.json"), JSON.stringify({ ...TINY, steps: 0 }));
    expect(await describeFolder(at("small"))()).toMatchObject({ left: { key: "steps" } });
  });

  it.each([
    [{ steps: 5 }, "steps: found 5, expected at most the schedule's 4 steps"],
    [{ sampler: "euler" }, 'sampler: found "euler", expected "deterministic" or "ancestral"'],
    [{ extra: 1 }, "extra: found this field, expected only format, name"],
    [{ format: "tadsr-model/2" }, 'format: found "tadsr-model/2", expected "tadsr-model/1"'],
    [
      { latent: { kind: "vq", autoencoder: vqF4 } },
      "network.latentChannels: found 8, expected the 3 channels of the autoencoder's latent",
    ],
    [
      { latent: { kind: "vq", autoencoder: { ...vqF4, channels: 3 } } },
      "latent.autoencoder.channels: found 3, expected a multiple of 32",
    ],
    [{ schedule: { steps: 0 } }, "schedule.steps: found 0, expected a whole number from 1"],
  ])("with %j is refused", (changed, message) => {
    expect(refusal(change(changed))).toContain(`model.json: ${message}`);
  });

  it("with an impossible network is refused", () => {
    const network = { ...description.network, swin: { ...description.network.swin, headChannels: 5 } };
    expect(refusal(change({ network }))).toMatch(
      /^model\.json: network\.swin\.headChannels: found 5, expected a div/,
    );
  });
});
