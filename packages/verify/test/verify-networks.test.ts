/** Verifying the authors' networks, as far as their files are kept here. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readWeights, writeSafetensors } from "@tadsr/files";
import { swinUNet, swinUNetConfigOf } from "@tadsr/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paperFixtures } from "../../model/test/paper-fixtures.ts";
import { withRenamedTensor, withScaledElement } from "../../model/test/safetensors-bytes.ts";
import { summaryOf } from "../src/summary.ts";
import { checksOf, copyPaper, right, temporaryFolder, verifyIn, writeJson } from "./verify-folders.ts";

const paper = paperFixtures();

type Json = Record<string, Readonly<Record<string, unknown>>>;

let folder: ReturnType<typeof temporaryFolder>;
let manifest: Json;
beforeEach(() => {
  folder = temporaryFolder();
  manifest = JSON.parse(readFileSync(join(paper(), "manifest.json"), "utf8")) as Json;
});
afterEach(() => folder.remove());

const entry = (name: string): Readonly<Record<string, unknown>> => manifest[name] ?? {};
const at = (name: string): string => join(folder.path, name);

/** Only the named files and entries. */
const take = (files: readonly string[], entries: Json): void => {
  copyPaper(paper(), folder.path, files);
  writeJson(folder.path, "schedules.json", {});
  writeJson(folder.path, "manifest.json", entries);
};

const FACE = ["unet_face.pth", "unet_face.io.safetensors"];

describe("verifying the authors' networks", () => {
  it("agrees with every record of them on wasm", async () => {
    const stems = ["unet_a", "unet_face", "vq_f8_face", "discriminator"];
    const weights = stems.map((name) => (name === "vq_f8_face" ? `${name}.legacy.pth` : `${name}.pth`));
    copyPaper(paper(), folder.path, [
      ...[...weights, ...stems.map((name) => `${name}.io.safetensors`)],
      ...["student.pth", "samplers.safetensors", "train_step.safetensors"],
    ]);
    const rows = await verifyIn(folder.path);
    expect(checksOf(rows, "mismatch")).toEqual([]);
    expect(checksOf(rows, "not run")).toEqual([]);
    expect(checksOf(rows, "absent")).toEqual(["vq_f4: vq_f4.pth", "vq_f4: vq_f4.io.safetensors"]);
    const losses = ["D", "distill", "hsd", "sds", "G", "total"].map((name) => `Algorithm 1: loss.${name}`);
    const expected: Readonly<Record<string, readonly string[]>> = {
      unet_a: ["unet_a.pth: parameters", "unet_a.pth: call 0", "unet_a.pth: call 1"],
      unet_face: ["unet_face.pth: call 0", "unet_face.pth: inferred from its tensors"],
      vq_f8_face: [
        ...["encode: z", "quantise: indices", "quantise: quant", "decode: decoded"],
        "decode: decoded_unquantized",
      ].map((check) => `vq_f8_face.legacy.pth: ${check}`),
      samplers: [
        ...["deterministic (Eq 3): every state", "deterministic (Eq 3): deterministic.z0"],
        ...["stochastic (Eq 2): stochastic.z0", "one_step: one_step.z0", "inverse: inverse.z_T"],
      ],
      student: ["student.pth: parameters"],
      discriminator: ["eval.logits.0", "train.logits.2"].map((check) => `discriminator.pth: ${check}`),
      train_step: [
        ...["z_T", "student.z0", "teacher.z0", "hsd.gradient", "sds.gradient"].map(
          (name) => `Algorithm 1: ${name}`,
        ),
        ...losses,
        ...["grad.D.*", "gradnorm.D", "adamw.D.*", "grad.student.*", "gradnorm.student", "adamw.student.*"],
      ],
    };
    const compared = checksOf(rows, "ok");
    for (const [entry, checks] of Object.entries(expected))
      for (const check of checks) expect(compared).toContain(`${entry}: ${check}`);
    const { counts, largest, largestRounded } = summaryOf(rows);
    expect(counts).toEqual({ ok: compared.length, mismatch: 0, "not run": 0, absent: 2 });
    expect(largest?.error).toBe(Math.max(...rows.map(({ error }) => error ?? 0)));
    expect(largestRounded).toBeNull();
  });

  it("compares in float64 on the reference, and says what is not there", async () => {
    take([...FACE, "discriminator.pth", "discriminator.io.safetensors"], {
      unet_face: entry("unet_face"),
      train_step: entry("train_step"),
    });
    const rows = await verifyIn(folder.path, "reference");
    expect(checksOf(rows, "mismatch")).toEqual([]);
    expect(checksOf(rows, "ok")).toContain("unet_face: unet_face.pth: call 1");
    expect(checksOf(rows, "ok")).toContain("discriminator: discriminator.pth: train.logits.1");
    expect(checksOf(rows, "absent")).toEqual([
      ...["student: student.pth", "train_step: train_step.safetensors"],
    ]);
  });
});

describe("a verification finds in a network's files", () => {
  const face = (): Json => ({ unet_face: entry("unet_face") });

  it("a changed number", async () => {
    take(FACE, face());
    const path = at("unet_face.io.safetensors");
    writeFileSync(path, withScaledElement(readFileSync(path), "1.y", 5, 2));
    const rows = await verifyIn(folder.path);
    expect(checksOf(rows, "mismatch")).toEqual(["unet_face: unet_face.pth: call 1"]);
  });

  it("a missing tensor, and goes on", async () => {
    take(FACE, face());
    const path = at("unet_face.io.safetensors");
    writeFileSync(path, withRenamedTensor(readFileSync(path), "0.lq", "0.lr"));
    const rows = await verifyIn(folder.path);
    expect(checksOf(rows, "mismatch")).toEqual([]);
    expect(rows.filter(({ verdict }) => verdict === "absent")).toMatchObject([
      { entry: "unet_face", check: "unet_face.pth: call 0", note: "0.lq is not in the file" },
    ]);
    expect(checksOf(rows, "ok")).toContain("unet_face: unet_face.pth: call 1");
  });

  it("weights that are cut off, and files that are not weights", async () => {
    take(FACE, face());
    const path = at("unet_face.pth");
    writeFileSync(path, readFileSync(path).subarray(0, 1_000_000));
    writeFileSync(at("unet_face.text.pth"), "not weights at all");
    const rows = await verifyIn(folder.path);
    expect(checksOf(rows, "mismatch")).toEqual(["unet_face: unet_face.pth", "unet_face: unet_face.text.pth"]);
    expect(JSON.stringify(rows)).not.toContain(folder.path);
  });

  it("another configuration, and an impossible one", async () => {
    const { config } = manifest.unet_face as { readonly config: Record<string, unknown> };
    take(FACE, { unet_face: { config: { ...config, num_head_channels: 16 }, params: 414638 } });
    const other = await verifyIn(folder.path);
    expect(checksOf(other, "mismatch")).toContain("unet_face: unet_face.pth: inferred from its tensors");
    writeJson(folder.path, "manifest.json", { unet_face: { config: { ...config, swin_embed_dim: 33 } } });
    const none = await verifyIn(folder.path);
    expect(checksOf(none, "mismatch")).toEqual(["unet_face: configuration"]);
    expect(JSON.stringify(none)).toContain("swin_embed_dim: found 33, expected a multiple of 32");
  });

  it("a discriminator of another configuration than the training step says", async () => {
    const step = manifest.train_step as { readonly discriminator: object };
    const discriminator = { ...step.discriminator, embed_dim: 16 };
    take(["discriminator.pth", "discriminator.io.safetensors"], { train_step: { ...step, discriminator } });
    const rows = await verifyIn(folder.path);
    expect(checksOf(rows, "mismatch")).toEqual([
      "discriminator: discriminator.pth: parameters",
      "discriminator: discriminator.pth: inferred from its tensors",
      "discriminator: discriminator.pth",
    ]);
  });

  it("a wrong count", async () => {
    take(FACE, { unet_face: { ...manifest.unet_face, params: 414639 } });
    const rows = await verifyIn(folder.path);
    expect(checksOf(rows, "mismatch")).toEqual(["unet_face: unet_face.pth: parameters"]);
    expect(rows.map(({ note }) => note)).toContain(
      "414638 in the file, 414638 of the network, 414639 in the manifest",
    );
  });

  it("other forms with other numbers, and accepts those that only round", async () => {
    take(FACE, face());
    const { config } = manifest.unet_face as { readonly config: Record<string, unknown> };
    const { parameters } = swinUNet(right(swinUNetConfigOf("test", config)));
    const weights = right(await readWeights(at("unet_face.pth"), parameters, { ignore: () => true })());
    const write = async (name: string, dtype: "F32" | "F16" | "BF16", tensors = weights) =>
      right(await writeSafetensors(at(name), tensors, { dtype })());
    await write("unet_face.half.safetensors", "F16");
    await write("unet_face.bf16.safetensors", "BF16");
    await write("unet_face.same.safetensors", "F32");
    const good = await verifyIn(folder.path);
    expect(checksOf(good, "mismatch")).toEqual([]);
    const ok = checksOf(good, "ok");
    expect(ok).toContain("unet_face: unet_face.half.safetensors: weights = unet_face.pth rounded");
    expect(ok).toContain("unet_face: unet_face.bf16.safetensors: call 0");
    expect(ok).toContain("unet_face: unet_face.same.safetensors: weights = unet_face.pth");
    const { largest, largestRounded } = summaryOf(good);
    expect(largestRounded?.error).toBeGreaterThan(largest?.error ?? Number.NaN);

    // bfloat16's numbers in a file of half precision are rounded too far.
    renameSync(at("unet_face.bf16.safetensors"), at("coarse.safetensors"));
    const coarse = right(await readWeights(at("coarse.safetensors"), parameters)());
    await write("unet_face.half.safetensors", "F16", coarse);
    await write("unet_face.same.safetensors", "F32", coarse);
    const bad = await verifyIn(folder.path);
    expect(checksOf(bad, "mismatch")).toEqual(
      expect.arrayContaining([
        "unet_face: unet_face.half.safetensors: weights = unet_face.pth rounded",
        "unet_face: unet_face.same.safetensors: weights = unet_face.pth",
        "unet_face: unet_face.same.safetensors: call 0",
      ]),
    );
  });
});
