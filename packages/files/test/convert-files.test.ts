import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parameterCount, swinUNet, vqAutoencoder, weightFormatOf } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { saveRandom, tinyAutoencoder, tinyUNet } from "../../cli/test/tiny-paper-networks.ts";
import { withScaledElement } from "../../model/test/safetensors-bytes.ts";
import { convertFile, describeFolder, makeModelFolder, openSafetensors } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "tadsr-convert-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

beforeAll(async () => {
  await saveRandom(at("unet.pth"), tinyUNet);
  await saveRandom(at("vq.pth"), tinyAutoencoder);
});

test("the format of weights is told by the end of a name", () => {
  const found = ["a.safetensors", "b/a.PTH", "a.pt", "a.bin", "pth", "b/.pth", "b.pth/a"].map(weightFormatOf);
  expect(found).toEqual(["safetensors", "pytorch-zip", "pytorch-zip", null, null, null, null]);
});

describe("a converted file", () => {
  it("has all tensors, and replaces no file unless it may", async () => {
    const convert = (replace: boolean) =>
      convertFile({ file: at("vq.pth") }, at("vq.safetensors"), { replace, dtype: "F16" })();
    const { tensors } = right(await convert(false));
    expect(tensors).toBe(vqAutoencoder(tinyAutoencoder).parameters.length);
    expect(await convert(false)).toMatchObject({ left: { _tag: "PlaceTaken", by: "file" } });
    expect(right(await convert(true)).tensors).toBe(tensors);
    const opened = right(await openSafetensors(at("vq.safetensors"))());
    expect([...opened.entries.values()].every(({ type }) => type === "F16")).toBe(true);
    await opened.close();
  });
});

describe("a model folder", () => {
  const files = { network: { file: at("unet.pth") }, autoencoder: { file: at("vq.pth") } };
  const choices = { config: "faceir-s4" } as const;

  it("is made of two files, and describes the same model", async () => {
    const made = right(await makeModelFolder(files, at("model"), { replace: false, choices })());
    expect(made).toMatchObject({ description: { name: "faceir-s4", steps: 4 }, factor: 1 });
    expect(made.assumed.length).toBeGreaterThan(0);
    const described = right(await describeFolder(at("model"))());
    expect(described).toMatchObject({ kind: "paper", model: { description: made.description } });
    expect(described.kind === "paper" && parameterCount(described.model.network.parameters)).toBe(
      parameterCount(swinUNet(tinyUNet).parameters),
    );
  });

  it("stays as it was if one of its files cannot be made", async () => {
    right(await makeModelFolder(files, at("kept"), { replace: false, choices })());
    const names = readdirSync(at("kept"));
    const content = () => Buffer.concat(names.map((name) => readFileSync(join(at("kept"), name))));
    const before = content();
    // Its header is whole, so this is found when the first file is written already.
    right(await convertFile(files.autoencoder, at("wide.safetensors"), { replace: false })());
    const [{ name = "" } = {}] = vqAutoencoder(tinyAutoencoder).parameters;
    const wide = withScaledElement(readFileSync(at("wide.safetensors")), name, 0, 1e12);
    writeFileSync(at("wide.safetensors"), wide);
    const broken = { ...files, autoencoder: { file: at("wide.safetensors") } };
    const options = { replace: true, dtype: "F16", choices } as const;
    expect(await makeModelFolder(broken, at("kept"), options)()).toMatchObject({
      left: { _tag: "ValueOutOfRange", file: at("kept/autoencoder.safetensors") },
    });
    expect(readdirSync(at("kept"))).toEqual(names);
    expect(content().equals(before)).toBe(true);
  });

  it("is not made of files that do not belong together, nor where something is", async () => {
    const swapped = { network: files.autoencoder, autoencoder: files.network };
    expect(E.isLeft(await makeModelFolder(swapped, at("none"), { replace: false })())).toBe(true);
    expect(readdirSync(folder)).not.toContain("none");
    expect(await makeModelFolder(files, at("model"), { replace: false, choices })()).toMatchObject({
      left: { _tag: "PlaceTaken", file: at("model/model.safetensors") },
    });
  });
});
