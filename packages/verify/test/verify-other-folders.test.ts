/** Verifying folders with other configurations and names than the recorded one. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tinyRrdb, tinySrvgg } from "../../cli/test/tiny-picture-networks.ts";
import { withScaledElement } from "../../model/test/safetensors-bytes.ts";
import { summaryOf } from "../src/summary.ts";
import {
  checksOf,
  makeAutoencoder,
  makePictureNetwork,
  makeSamplers,
  makeUNet,
  scheduleRecord,
  temporaryFolder,
  verifyIn,
  writeJson,
} from "./verify-folders.ts";

const small = {
  image_size: 16,
  in_channels: 3,
  model_channels: 32,
  out_channels: 3,
  num_head_channels: 16,
  use_scale_shift_norm: true,
  swin_depth: 2,
  swin_embed_dim: 32,
  window_size: 4,
  mlp_ratio: 2,
  cond_lq: true,
  lq_size: 16,
};

const three = scheduleRecord({ steps: 3, kappa: 1.5, min_noise_level: 0.1, etas_end: 0.95, power: 0.5 });
const respaced = scheduleRecord({
  ...{ steps: 9, kappa: 2, min_noise_level: 0.05, etas_end: 0.99, power: 0.3 },
  timestep_respacing: 2,
});

let folder: ReturnType<typeof temporaryFolder>;
let manifest: Record<string, unknown>;
beforeAll(async () => {
  folder = temporaryFolder();
  const { path } = folder;
  const odd = await makeUNet(
    path,
    "net.v2",
    { ...small, channel_mult: [1, 2, 1], num_res_blocks: [1, 3, 0], attention_resolutions: [8] },
    [[2, 8, 4]],
  );
  const plain = await makeUNet(
    path,
    "net",
    {
      ...{ ...small, channel_mult: [2], num_res_blocks: 1, attention_resolutions: [], swin_depth: 3 },
      ...{ use_scale_shift_norm: false, cond_lq: false },
    },
    [[1, 5, 7]],
  );
  const pyramid = await makeUNet(
    path,
    "faces",
    {
      ...{ ...small, channel_mult: [1, 1], num_res_blocks: [1, 1], attention_resolutions: [16], lq_size: 32 },
      ...{ in_channels: 5, out_channels: 5, window_size: 16, mlp_ratio: 4, num_head_channels: 32 },
    },
    [[1, 4, 6]],
  );
  const autoencoder = await makeAutoencoder(
    path,
    "latents",
    {
      ddconfig: {
        ...{ double_z: false, z_channels: 4, resolution: 16, in_channels: 3, out_ch: 3, ch: 32 },
        ...{ ch_mult: [1, 2], num_res_blocks: [2, 1], attn_resolutions: [8], dropout: 0 },
      },
      n_embed: 9,
      embed_dim: 5,
    },
    [8, 12],
  );
  const upscaler = await makePictureNetwork(path, "upscaler", tinySrvgg);
  const folding = await makePictureNetwork(path, "folding", tinyRrdb);
  await makeSamplers(path, "sampled", odd, three.schedule, [2, 4, 4]);
  await makeSamplers(path, "samplers", plain, respaced.schedule, [1, 4, 4]);
  manifest = {
    "net.v2": odd.entry,
    net: plain.entry,
    faces: pyramid.entry,
    latents: autoencoder,
    upscaler,
    folding,
    sampled: { net: "net.v2", schedule: "three" },
    samplers: { net: "net", schedule: "respaced config" },
  };
  writeJson(path, "manifest.json", manifest);
  writeJson(path, "schedules.json", { three: three.record, respaced: respaced.record });
}, 60_000);
afterAll(() => folder.remove());

const ENTRIES = ["net.v2", "net", "faces", "latents", "upscaler", "folding", "sampled", "samplers"];

describe("verifying a folder of other configurations", () => {
  it.each(["wasm", "reference"] as const)("agrees with everything: %s", async (engine) => {
    const rows = await verifyIn(folder.path, engine);
    expect(checksOf(rows, "mismatch")).toEqual([]);
    for (const entry of ENTRIES)
      expect(
        rows.filter((row) => row.entry === entry && row.verdict === "ok").length,
        entry,
      ).toBeGreaterThanOrEqual(3);
    const compared = checksOf(rows, "ok");
    expect(compared).toContain("net.v2: net.v2.safetensors: call 0");
    expect(compared).toContain("latents: latents.half.safetensors: weights = latents.safetensors rounded");
    expect(compared).toContain("upscaler: upscaler.safetensors: call 1");
    expect(compared).toContain("folding: folding.half.safetensors: call 0");
    expect(compared).toContain("sampled: deterministic (Eq 3): every state");
    expect(compared).toContain("samplers: inverse: inverse.z_T");
    expect(compared.filter((check) => check.includes("inferred from its tensors"))).toHaveLength(9);
    expect(summaryOf(rows).largest?.error).toBeGreaterThan(0);
  });

  it("finds another network's weights, and goes on without files and entries", async () => {
    const { path } = folder;
    writeJson(path, "manifest.json", {
      ...manifest,
      net: manifest["net.v2"],
      gone: manifest.faces,
      latents: { ...(manifest.latents as object), params: 1 },
      sampled: { net: "nowhere", schedule: "three" },
      samplers: { net: "net", schedule: "missing" },
      version: "7",
    });
    renameSync(join(path, "faces.io.safetensors"), join(path, "kept.aside"));
    const record = join(path, "upscaler.io.safetensors");
    const recorded = readFileSync(record);
    writeFileSync(record, withScaledElement(readFileSync(record), "1.y", 5, 2));
    try {
      const rows = await verifyIn(path);
      const wrong = checksOf(rows, "mismatch");
      for (const check of [
        "net: net.safetensors: parameters",
        "net: net.safetensors: inferred from its tensors",
        "net: net.safetensors",
        "latents: latents.safetensors: parameters",
        "latents: latents.half.safetensors: parameters",
        "upscaler: upscaler.safetensors: call 1",
        "samplers: schedule",
      ])
        expect(wrong).toContain(check);
      const gone = checksOf(rows, "absent");
      for (const check of [
        "faces: faces.io.safetensors",
        "gone: gone.pth",
        "gone: gone.io.safetensors",
        "sampled: deterministic (Eq 3)",
        "version: entry",
      ])
        expect(gone).toContain(check);
      expect(rows.map(({ note }) => note)).toContain("schedules.json has no missing");
    } finally {
      renameSync(join(path, "kept.aside"), join(path, "faces.io.safetensors"));
      writeFileSync(record, recorded);
    }
  });

  it("checks a record that the manifest does not name, if its tensors tell enough", async () => {
    const { path } = folder;
    writeJson(path, "manifest.json", { faces: manifest.faces });
    const rows = await verifyIn(path);
    expect(checksOf(rows, "mismatch")).toEqual([]);
    expect(rows.find(({ check }) => check === "latents.safetensors: decode: decoded")).toMatchObject({
      entry: "latents",
      verdict: "ok",
      note: "not in the manifest",
    });
    const open = rows.filter(({ check }) => check === "net.v2.pth");
    const reason = "the manifest has no configuration, and the tensors do not tell imageSize";
    expect(open).toMatchObject([{ verdict: "absent", note: expect.stringContaining(reason) }]);
  });
});
