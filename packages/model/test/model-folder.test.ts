import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findModel, loadModel, readWeights, saveModel, shippedModels, writeSafetensors } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { decodeDescription, type HostWeights, type ModelDescription } from "../src/index.ts";
import { nearestName } from "../src/nearest-name.ts";
import { randomModel, tinyDescription } from "./fixtures.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const path = await temporaryFolder();
const { weights, network } = randomModel();

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

/** A model folder whose weights file has these tensors, whatever the network wants. */
const folderWith = async (name: string, tensors: HostWeights): Promise<string> => {
  const folder = path(name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "model.json"), JSON.stringify(tinyDescription));
  right(await writeSafetensors(join(folder, "model.safetensors"), tensors, { dtype: "F32" })());
  return folder;
};

describe("model folders", () => {
  it("load as they were saved", async () => {
    const folder = path("new/models/tiny");
    right(await saveModel(folder, tinyDescription, weights, { dtype: "F32" })());
    expect((await readdir(folder)).sort()).toEqual(["model.json", "model.safetensors"]);
    const model = right(await loadModel(folder)());
    expect(model.description).toEqual(tinyDescription);
    expect(model.weights).toEqual(weights);
    expect(model.schedule.T).toBe(4);
    expect(model.network.parameters).toEqual(network.parameters);
  });

  it("hold half precision, and load it as float32", async () => {
    const folder = path("half");
    right(await saveModel(folder, tinyDescription, weights, { dtype: "F16" })());
    const model = right(await loadModel(folder)());
    for (const [name, { data }] of Object.entries(weights)) {
      const found = model.weights[name]?.data ?? new Float32Array(0);
      expect(found).toBeInstanceOf(Float32Array);
      data.forEach((value, i) => {
        const allowed = 2 ** -11 * Math.abs(value) + 2 ** -25;
        expect(Math.abs((found[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(allowed);
      });
    }
  });

  it("are not written if weights or description are wrong", async () => {
    const { "input.bias": _, ...rest } = weights;
    const folder = path("refused");
    expect(await saveModel(folder, tinyDescription, rest, { dtype: "F32" })()).toMatchObject({
      left: { _tag: "WeightsMismatch" },
    });
    const cut = { ...weights, "input.bias": { shape: [4], data: new Float32Array(3) } };
    expect(await saveModel(folder, tinyDescription, cut, { dtype: "F32" })()).toMatchObject({
      left: { mismatches: [{ kind: "shape", key: "input.bias", expected: [4], found: [3] }] },
    });
    const nameless = { ...tinyDescription, name: "" };
    expect(await saveModel(folder, nameless, weights, { dtype: "F32" })()).toMatchObject({
      left: { _tag: "InvalidDescription", key: "name" },
    });
    expect(await readdir(path(".")).then((names) => names.includes("refused"))).toBe(false);
  });

  it("name the missing file", async () => {
    expect(await loadModel(path("absent"))()).toMatchObject({
      left: { _tag: "FileUnreadable", file: path("absent/model.json"), reason: "it does not exist" },
    });
    const folder = path("half-there");
    await mkdir(folder);
    await writeFile(join(folder, "model.json"), JSON.stringify(tinyDescription));
    expect(await loadModel(folder)()).toMatchObject({
      left: { _tag: "FileUnreadable", file: join(folder, "model.safetensors") },
    });
  });

  it("say that the weights are cut off", async () => {
    const folder = await folderWith("cut", weights);
    const file = join(folder, "model.safetensors");
    await writeFile(file, (await readFile(file)).subarray(0, -1));
    expect(await loadModel(folder)()).toMatchObject({
      left: { _tag: "InvalidSafetensors", message: expect.stringMatching(/the file is cut off/) },
    });
  });
});

describe("weights that do not fit the network", () => {
  it("missing: one line with the name and its shape", async () => {
    const { "input.bias": _, ...rest } = weights;
    const folder = await folderWith("missing", rest);
    const file = join(folder, "model.safetensors");
    expect(await loadModel(folder)()).toMatchObject({
      left: {
        _tag: "WeightsMismatch",
        message: `${file}: the weights do not fit the network: "input.bias" [4] is missing`,
      },
    });
  });

  it("wrong shape: one line with both", async () => {
    const folder = await folderWith("shape", {
      ...weights,
      "input.bias": { shape: [2, 2], data: new Float32Array(4) },
    });
    expect(await loadModel(folder)()).toMatchObject({
      left: { message: expect.stringContaining('"input.bias": found shape [2, 2], expected [4]') },
    });
  });

  it("everything at once, with the nearest names", async () => {
    const { "input.bias": bias, "output.bias": _, ...rest } = weights;
    if (bias === undefined) throw new Error("the network has changed");
    const folder = await folderWith("many", {
      ...rest,
      "inptu.bias": bias,
      "time.0.bias": { shape: [6], data: new Float32Array(6) },
      "quite.another": bias,
    });
    const failed = await loadModel(folder)();
    if (E.isRight(failed) || failed.left._tag !== "WeightsMismatch") throw new Error("it was accepted");
    expect(failed.left.mismatches).toEqual([
      { kind: "shape", key: "time.0.bias", expected: [5], found: [6] },
      { kind: "missing", key: "input.bias", expected: [4], nearest: "inptu.bias" },
      { kind: "missing", key: "output.bias", expected: [12], nearest: null },
      { kind: "unexpected", key: "inptu.bias", nearest: "input.bias" },
      { kind: "unexpected", key: "quite.another", nearest: null },
    ]);
    const [head, ...lines] = failed.left.message.split("\n");
    expect(head).toMatch(/many.model\.safetensors: the weights do not fit the network: 5 tensors differ:$/);
    expect(lines[1]).toBe('  "input.bias" [4] is missing; the nearest name is "inptu.bias"');
  });

  it("are found before any tensor is read", async () => {
    const file = path("unread.safetensors");
    const header = Buffer.from(JSON.stringify({ stray: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }));
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(header.length));
    await writeFile(file, Buffer.concat([start, header, Buffer.alloc(8)]));
    // Reading it would fail, because whole numbers cannot be weights.
    expect(await readWeights(file, network.parameters)()).toMatchObject({
      left: { _tag: "WeightsMismatch" },
    });
  });
});

describe("model.json", () => {
  const refusal = (change: (model: Record<string, unknown>) => unknown): string => {
    const changed = change(structuredClone(tinyDescription) as unknown as Record<string, unknown>);
    const decoded = decodeDescription("model.json", changed);
    if (E.isRight(decoded)) throw new Error("it was accepted");
    return decoded.left.message;
  };
  const within = (key: keyof ModelDescription, fields: object) => (model: Record<string, unknown>) => ({
    ...model,
    [key]: { ...(model[key] as object), ...fields },
  });

  it("is accepted as it is, with and without respacing", () => {
    expect(decodeDescription("f", tinyDescription)).toEqual(E.right(tinyDescription));
    const respaced = { ...tinyDescription, schedule: { ...tinyDescription.schedule, respacing: 2 } };
    expect(decodeDescription("f", respaced)).toEqual(E.right(respaced));
  });

  it.each([
    [
      "a missing field",
      ({ name: _, ...rest }: Record<string, unknown>) => rest,
      "name: found nothing, expected a text",
    ],
    [
      "another format",
      (m: object) => ({ ...m, format: "x/2" }),
      'format: found "x/2", expected "tadsr-model/1"',
    ],
    [
      "an unknown latent",
      within("latent", { kind: "vq" }),
      'latent.kind: found "vq", expected "space-to-depth"',
    ],
    [
      "an unknown network",
      within("network", { kind: "gan" }),
      'network.kind: found "gan", expected "residual-unet" or "stack"',
    ],
    [
      "a wrong type",
      within("network", { channels: "4" }),
      'network.channels: found "4", expected a list of 1 to 8',
    ],
    [
      "a wrong item",
      within("network", { channels: [4, 0] }),
      "network.channels[1]: found 0, expected a whole number from 1 to 8192",
    ],
    [
      "an odd number of features",
      within("network", { timeFeatures: 3 }),
      "network.timeFeatures: found 3, expected an even number from 2 to 8192",
    ],
    [
      "a stray field",
      within("schedule", { respaceing: 2 }),
      "schedule.respaceing: found this field, expected only steps, kappa, minNoiseLevel, etasEnd, power, respacing",
    ],
    ["no object", () => [1], "found [1], expected an object"],
    ["null inside", (m: object) => ({ ...m, schedule: null }), "schedule: found null, expected an object"],
    [
      "levels that differ",
      within("network", { blocks: [1] }),
      "network.blocks: found [1], expected one number for each of the 2 levels of network.channels",
    ],
    [
      "channels that are not the latent's",
      within("latent", { factor: 4 }),
      "network.latentChannels: found 12, expected 48, for a space-to-depth latent of factor 4",
    ],
    [
      "an impossible schedule",
      within("schedule", { etasEnd: 2 }),
      "schedule.etasEnd: found 2, expected above sqrt(eta_1) = 0.2 and at most 1",
    ],
    [
      "steps beyond the schedule",
      (m: object) => ({ ...m, steps: 5 }),
      "steps: found 5, expected at most the schedule's 4 steps",
    ],
  ] as const)("is refused with %s", (_, change, message) => {
    expect(refusal(change as (model: Record<string, unknown>) => unknown)).toBe(`model.json: ${message}`);
  });

  it("is refused if it is not JSON", async () => {
    const folder = path("text");
    await mkdir(folder);
    await writeFile(join(folder, "model.json"), "{ name: tiny }");
    expect(await loadModel(folder)()).toMatchObject({
      left: { _tag: "InvalidDescription", expected: "JSON", file: join(folder, "model.json") },
    });
  });
});

describe("finding a model", () => {
  it("takes a folder's path", async () => {
    const folder = await folderWith("found", weights);
    expect(await findModel(folder)()).toEqual(E.right(folder));
  });

  it("finds every shipped model by its name, and each loads", async () => {
    const names = await shippedModels();
    expect(names).toEqual([...names].sort());
    for (const name of names) {
      const { description } = right(await loadModel(right(await findModel(name)()))());
      expect(description.name).toBe(name);
    }
  });

  it("lists the shipped models if there is none with that name", async () => {
    expect(await findModel("no-such-model")()).toMatchObject({
      left: { _tag: "UnknownModel", name: "no-such-model", shipped: await shippedModels() },
    });
  });
});

describe("nearestName", () => {
  it("is the one with the fewest edits, or none if too much would change", () => {
    expect(nearestName("input.bias", ["inptu.bias", "module.input.bias"])).toBe("module.input.bias");
    expect(nearestName("module.input.bias", ["output.bias", "input.bias"])).toBe("input.bias");
    expect(nearestName("down.0.weigth", ["up.0.weight", "down.0.weight", "down.1.weight"])).toBe(
      "down.0.weight",
    );
    expect(nearestName("abc", ["xyz", "abcdefgh"])).toBeNull();
    expect(nearestName("abcd", ["abed"])).toBe("abed");
    expect(nearestName("abcd", [])).toBeNull();
  });
});
