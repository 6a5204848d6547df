import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { elements } from "@tadsr/core";
import { writeWeights } from "@tadsr/files";
import { alexNet, publishedModels } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/program.ts";
import { CONFIG_CHOICES } from "../src/upscale/options.ts";
import { memoryShell, temporaryFolder } from "./memory-shell.ts";
import { saveRandom, tinyAutoencoder, tinyUNet } from "./tiny-paper-networks.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const at = (name: string): string => join(folder.path, name);
const pytorch = (name: string): string =>
  join(import.meta.dirname, "../../model/test/fixtures/pytorch", name);

beforeAll(async () => {
  await saveRandom(at("unet.pth"), tinyUNet);
  await saveRandom(at("vq.pth"), tinyAutoencoder);
});

const inspect = async (...words: readonly string[]) => {
  const { shell, out, err } = memoryShell(folder.path);
  const code = await run(shell, ["inspect", ...words]);
  return { code, out: out(), err: err() };
};

describe("tadsr inspect", () => {
  it("lists every tensor and says which network they are, and what they leave open", async () => {
    const { code, out, err } = await inspect("unet.pth");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^unet\.pth: pytorch-zip\ngroups of tensors: the outermost \(\d+ tensors\)\n/);
    expect(out).toMatch(/^out\.2\.weight +F32 +\[4, 32, 3, 3\] +1 152$/m);
    expect(out).toContain("taken for: swin-unet\n");
    expect(out).toMatch(/^configuration: \{"kind":"swin-unet","latentChannels":4/m);
    expect(out).toMatch(/^assumed, because the tensors do not tell: imageSize/m);
  });

  it("infers the file's configuration, with the given options", async () => {
    const { out } = await inspect("unet.pth", "--json", "--image-size", "64");
    const told = JSON.parse(out);
    expect(told.takenFor.config).toEqual(tinyUNet);
    expect(told.takenFor.assumed).not.toContain("imageSize");
    const { out: ofVq } = await inspect("vq.pth", "--json");
    const { takenFor, parameters, tensors } = JSON.parse(ofVq);
    expect(takenFor).toMatchObject({ kind: "vq-autoencoder", config: tinyAutoencoder, published: [] });
    expect(parameters).toBe(
      tensors.reduce((sum: number, { numbers }: { numbers: number }) => sum + numbers, 0),
    );
  });

  it("counts buffers apart, and names the prefix that it takes away", async () => {
    const tensor = (name: string, data: readonly number[], dtype: "F32" | "I64") => ({
      name: `module.${name}`,
      dtype,
      shape: [data.length],
      read: () => Promise.resolve(E.right({ shape: [data.length], data: Float64Array.from(data) })),
    });
    const tensors = [
      tensor("a.weight", [1, 2, 3], "F32"),
      tensor("a.relative_position_index", [0, 1], "I64"),
    ];
    const written = await writeWeights(at("buffers.safetensors"), tensors, { format: "safetensors" })();
    expect(E.isRight(written)).toBe(true);
    const { out } = await inspect("buffers.safetensors");
    expect(out).toContain('the outermost (2 tensors, each name after "module.")');
    expect(out).toMatch(/^a\.relative_position_index +I64 +\[2\] +2 +buffer$/m);
    expect(out).toContain("1 tensor, 3 numbers; 1 buffer, which are recomputed\n");
  });

  it("says of a feature network's file whose features they are, with a classifier or without", async () => {
    const classifier = { name: "classifier.6.bias", shape: [1000] };
    const tensors = [...alexNet.parameters, classifier].map(({ name, shape }) => ({
      ...{ name, shape, dtype: "F16" as const },
      read: () => Promise.resolve(E.right({ shape, data: new Float32Array(elements(shape)) })),
    }));
    await writeWeights(at("alexnet.pth"), tensors, { format: "pytorch-zip" })();
    const { out } = await inspect("alexnet.pth");
    expect(out).toContain("taken for: the features of AlexNet, by which pictures are compared\n");
    const { out: json } = await inspect("alexnet.pth", "--json");
    expect(JSON.parse(json)).toMatchObject({ takenFor: { kind: "features", network: "alexnet" } });
  });

  it("lists the groups of a training's file, looks into the averaged one, and into the one asked for", async () => {
    const { out } = await inspect(pytorch("training.pth"));
    expect(out).toContain('"params" (9 tensors); "params_ema" (8 tensors, taken)');
    const { out: other } = await inspect(pytorch("training.pth"), "--group", "params", "--json");
    expect(JSON.parse(other)).toMatchObject({ group: "params", takenFor: null });
  });

  it("does not fail if the tensors belong to no known network", async () => {
    const { code, out } = await inspect(pytorch("integers.pth"));
    expect(code).toBe(0);
    expect(out).toMatch(/taken for no network: .*expected those of a known network/);
  });

  it("reports in one line a file of another kind, a missing file and a missing group", async () => {
    writeFileSync(at("text.pth"), "these are no weights");
    for (const [words, reason] of [
      [["text.pth"], "expected safetensors, or a file of torch.save"],
      [["nowhere.pth"], "it cannot be read: it does not exist"],
      [[pytorch("training.pth"), "--group", "ema"], 'it has no group "ema"'],
    ] as const) {
      const { code, out, err } = await inspect(...words);
      expect({ code, out, lines: err.trimEnd().split("\n").length }).toEqual({ code: 1, out: "", lines: 1 });
      expect(err).toContain(reason);
    }
  });

  it("does not let a name in a file speak to the terminal", async () => {
    const name = "a\u001b[31m\nb";
    const data = Float32Array.of(1);
    const tensors = [
      { name, dtype: "F32" as const, shape: [1], read: () => Promise.resolve(E.right({ shape: [1], data })) },
    ];
    await writeWeights(at("hostile.safetensors"), tensors, { format: "safetensors" })();
    expect(readFileSync(at("hostile.safetensors"), "utf8")).toContain("a\\u001b");
    const { out } = await inspect("hostile.safetensors");
    expect(out).not.toContain("\u001b");
    expect(out).toContain('"a\\u001b[31m\\nb"');
  });

  it("has the names of all published models in its help", () => {
    expect([...CONFIG_CHOICES].sort()).toEqual(Object.keys(publishedModels).sort());
  });
});
