import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { referenceEngine } from "@tadsr/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paperFixtures } from "../../model/test/paper-fixtures.ts";
import { withRenamedTensor, withScaledElement } from "../../model/test/safetensors-bytes.ts";
import { compared, elementError, forgiven, relativeError } from "../src/row.ts";
import { summaryOf } from "../src/summary.ts";
import { verifyManifest } from "../src/verify-manifest.ts";
import { checksOf as checks, copyPaper, temporaryFolder, verifyIn } from "./verify-folders.ts";

const paper = paperFixtures();

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  // Without the networks, the records are still compared with each other.
  copyPaper(paper(), folder.path, ["samplers.safetensors", "train_step.safetensors"]);
});
afterEach(() => folder.remove());

const file = (name: string): string => join(folder.path, name);

const verify = () => verifyIn(folder.path, "reference");

type Json = Record<string, Record<string, unknown>>;
const editJson = (name: string, edit: (json: Json) => void): void => {
  const json = JSON.parse(readFileSync(file(name), "utf8")) as Json;
  edit(json);
  writeFileSync(file(name), JSON.stringify(json));
};

describe("verifying records without their networks", () => {
  it("agrees with everything that needs no network, and names what is absent", async () => {
    const rows = await verify();
    expect(checks(rows, "mismatch")).toEqual([]);
    const schedules = ["realsr_s15", "faceir_s4", "realsr_s15_respaced5", "bicubic_s1000"];
    const quantities = [
      ...["sqrt_etas", "timestep_map", "posterior_variance"],
      ...["posterior_mean_coef_zt", "posterior_mean_coef_z0", "mse_weight"],
    ];
    expect(checks(rows, "ok")).toEqual([
      ...schedules.flatMap((name) => quantities.map((quantity) => `schedules/${name}: ${quantity}`)),
      "samplers: z_T = z_y + kappa sqrt(eta_T) noise",
      "samplers: first step by Eq 3, from one_step.z0",
      "samplers: deterministic.z0 = state after 15 steps",
      "train_step: z_T = z_y + kappa sqrt(eta_T) eps",
      "train_step: loss.distill (Eq 6)",
      "train_step: hsd.gradient = its closed form (Eq 7, 8)",
      "train_step: loss.hsd = mean(hsd.gradient z_0)",
      "train_step: loss.sds = mean(sds.gradient z_0)",
      "train_step: loss.total (Eq 13)",
      ...["D", "distill", "hsd", "sds", "G", "total"].map(
        (name) => `train_step: manifest's ${name} = loss.${name}`,
      ),
    ]);
    const gone = rows
      .filter(({ verdict }) => verdict === "absent")
      .map(({ entry, note }) => `${entry}: ${note}`);
    expect(new Set(gone)).toEqual(
      new Set([
        ...["unet_a", "unet_face", "vq_f4", "vq_f8_face"].flatMap((name) => [
          `${name}: ${name}.pth is not there`,
          `${name}: ${name}.io.safetensors is not there`,
        ]),
        "samplers: unet_a.pth is not there",
        "student: student.pth is not there",
        "discriminator: discriminator.pth is not there",
        "train_step: unet_a.pth is not there",
      ]),
    );
  });

  it("compares schedules at 1e-12", async () => {
    const rows = await verify();
    const tolerances = rows
      .filter(({ entry }) => entry.startsWith("schedules/"))
      .map(({ tolerance }) => tolerance);
    expect(tolerances).toEqual(Array(24).fill(1e-12));
  });
});

describe("a verification fails on a planted error", () => {
  it.each([
    ["sqrt_etas", 7],
    ["timestep_map", 3],
    ["posterior_variance", 7],
    ["posterior_mean_coef_zt", 7],
    ["posterior_mean_coef_z0", 7],
    ["mse_weight", 14],
  ])("in schedules.json: %s", async (quantity, index) => {
    editJson("schedules.json", (json) => {
      const values = json.realsr_s15?.[quantity] as number[];
      values[index] = (values[index] ?? 0) * (1 + 1e-9) + (quantity === "timestep_map" ? 1 : 0);
    });
    const rows = await verify();
    expect(checks(rows, "mismatch")).toEqual([`schedules/realsr_s15: ${quantity}`]);
  });

  it("in a schedule's configuration", async () => {
    editJson("schedules.json", (json) => {
      const config = json.faceir_s4?.config as Record<string, number>;
      config.power = 0.31;
    });
    const rows = await verify();
    expect(checks(rows, "mismatch").every((check) => check.startsWith("schedules/faceir_s4"))).toBe(true);
    expect(checks(rows, "mismatch")).toContain("schedules/faceir_s4: sqrt_etas");
  });

  it.each([
    ["samplers", "noise", ["samplers: z_T = z_y + kappa sqrt(eta_T) noise"]],
    ["samplers", "one_step.z0", ["samplers: first step by Eq 3, from one_step.z0"]],
    ["samplers", "deterministic.z0", ["samplers: deterministic.z0 = state after 15 steps"]],
    ["train_step", "eps", ["train_step: z_T = z_y + kappa sqrt(eta_T) eps"]],
    ["train_step", "teacher.z0", ["train_step: loss.distill (Eq 6)"]],
    ["train_step", "hsd.gradient_closed_form", ["train_step: hsd.gradient = its closed form (Eq 7, 8)"]],
    ["train_step", "sds.gradient", ["train_step: loss.sds = mean(sds.gradient z_0)"]],
    ["train_step", "loss.G", ["train_step: loss.total (Eq 13)", "train_step: manifest's G = loss.G"]],
  ])("in %s.safetensors: %s", async (name, tensor, expected) => {
    const path = file(`${name}.safetensors`);
    writeFileSync(path, withScaledElement(readFileSync(path), tensor, 0, 2));
    const rows = await verify();
    expect(checks(rows, "mismatch")).toEqual(expected);
  });

  it("when a file of the manifest is cut off, and goes on if one is missing", async () => {
    rmSync(file("samplers.safetensors"));
    const path = file("train_step.safetensors");
    writeFileSync(path, readFileSync(path).subarray(0, 100_000));
    const rows = await verify();
    expect(checks(rows, "mismatch")).toEqual(["train_step: train_step.safetensors"]);
    expect(checks(rows, "absent")).toContain("samplers: samplers.safetensors");
  });

  it("when schedules.json is not JSON", async () => {
    writeFileSync(file("schedules.json"), "{");
    const rows = await verify();
    expect(checks(rows, "mismatch")).toContain("schedules: schedules.json");
  });
});

describe("verifying other folders", () => {
  it("says which tensor is absent and goes on", async () => {
    const path = file("train_step.safetensors");
    writeFileSync(path, withRenamedTensor(readFileSync(path), "teacher.z0", "other"));
    const rows = await verify();
    expect(checks(rows, "mismatch")).toEqual([]);
    expect(rows.find(({ check }) => check === "loss.distill (Eq 6)")).toMatchObject({
      entry: "train_step",
      verdict: "absent",
      note: "teacher.z0 is not in the file",
    });
  });

  it("follows the schedule that the samplers' entry names: another one is a mismatch", async () => {
    editJson("manifest.json", (json) => {
      (json.samplers ?? {}).schedule = "faceir_s4 config";
    });
    const rows = await verify();
    expect(checks(rows, "mismatch")).toContain("samplers: first step by Eq 3, from one_step.z0");
    editJson("manifest.json", (json) => {
      (json.samplers ?? {}).schedule = "unheard_of";
    });
    const unknown = (await verify()).find(({ note }) => note === "schedules.json has no unheard_of");
    expect(unknown?.verdict).toBe("mismatch");
  });

  it("needs no entry, and no schedules", async () => {
    writeFileSync(file("manifest.json"), "{}");
    expect(summaryOf(await verify()).counts).toEqual({ ok: 24, mismatch: 0, "not run": 0, absent: 0 });
    rmSync(file("schedules.json"));
    const none = await verify();
    expect(none).toEqual([]);
    expect(summaryOf(none)).toMatchObject({ largest: null, largestRounded: null });
  });

  it("tells which entry is being checked", async () => {
    const told: (readonly [string, number, number])[] = [];
    const onProgress = (...call: readonly [string, number, number]): void => void told.push(call);
    await verifyManifest(file("manifest.json"), referenceEngine, { onProgress })();
    const names = Object.keys(JSON.parse(readFileSync(file("manifest.json"), "utf8")));
    expect(told).toEqual(names.map((name, i) => [name, i, names.length]));
  });

  it.each([
    ["no such file", null, "ManifestUnreadable", "it does not exist; check the path"],
    ["not JSON", "{", "NotAManifest", "it is not JSON ("],
    ["a list", "[]", "NotAManifest", "it is not a JSON object; give the manifest.json of a folder"],
  ])("a broken manifest is an error: %s", async (_name, text, _tag, reason) => {
    const path = file("manifest.json");
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
    const message = expect.stringContaining(`manifest ${path}: ${reason}`);
    expect(await verifyManifest(path, referenceEngine)()).toMatchObject({ left: { _tag, path, message } });
  });
});

describe("the relative error", () => {
  it("is max |a - b| / max |b|, and infinite if numbers are missing or not finite", () => {
    expect(relativeError([1, 2, 4.5], [1, 2, 4])).toBe(0.125);
    expect(relativeError([0.5], [0])).toBe(0.5);
    expect(relativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(relativeError([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
    expect(relativeError([1], [Number.NaN])).toBe(Number.POSITIVE_INFINITY);
  });
  it("of elements is the largest of any, weighted, and absolute if 0 is recorded", () => {
    expect(elementError()([1, 2.5, 1000], [1, 2, 1000])).toBe(0.25);
    expect(elementError()([0.5], [0])).toBe(0.5);
    expect(elementError((i) => (i === 0 ? 0.5 : 0))([2, 9], [1, 1])).toBe(0.5);
    expect(elementError()([1], [])).toBe(Number.POSITIVE_INFINITY);
    expect(elementError()([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
  });
  it("passes if it equals the tolerance", () => {
    expect(compared("e", "c", [1.5], [1], 0.5).verdict).toBe("ok");
    expect(compared("e", "c", [1.5], [1], 0.49).verdict).toBe("mismatch");
    expect(compared("e", "c", [1], [1, 2], 9).note).toBe("2 numbers are recorded, 1 expected");
  });
  it("of a sum that cancels may be forgiven, but not if it is NaN", () => {
    const wrong = compared("e", "c", [2e-6], [1e-6], 0.5);
    expect(forgiven(wrong, 2e-6, 1e-6, 1e-6)).toMatchObject({ verdict: "ok", error: 1 });
    expect(forgiven(wrong, 2e-6, 1e-6, 1e-7).verdict).toBe("mismatch");
    const none = compared("e", "c", [Number.NaN], [1], 0.5);
    expect(forgiven(none, Number.NaN, 1, 9).verdict).toBe("mismatch");
  });
});
