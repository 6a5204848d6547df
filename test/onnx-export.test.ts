/** Files of the small model in other tools: run in Python, compared with this project's own engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, type NdArray, normal } from "@tadsr/core";
import { findModel, loadModel, saveModel } from "@tadsr/files";
import { latentOfPixels, pixelsOfLatent, uploadWeights } from "@tadsr/model";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { saveTinyModel } from "../packages/cli/test/tiny-model.ts";
import { expectSame, inPython, python, type Run, workplace } from "./python/check.ts";
import { networkRun, oneStep, openEngine, right } from "./python/one-step.ts";
import { channelsFirst, drawn, pictureOf, rasterOf, upsampled } from "./python/pictures.ts";

const place = workplace();
const { folder, exported } = place;

let engine: Engine<unknown>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const openModel = async (name: string) => {
  const model = right(await loadModel(right(await findModel(name)()))());
  return { ...model, uploaded: uploadWeights(engine, model.network.parameters, model.weights) };
};

/** A step of a small model. */
const stepRun = async (height: number, width: number, name = "small-x4"): Promise<Run> => {
  const model = await openModel(name);
  const [picture, noise] = [pictureOf(height, width), drawn(0, 1, height, width, 48)];
  const z_y = engine.upload("image", latentOfPixels(rasterOf(upsampled(picture, 4)), 4));
  const z_0 = oneStep(engine, model, { z_y, condition: z_y, noise: engine.upload("image", noise) });
  const { data } = pixelsOfLatent(await engine.download("image", z_0), 4);
  return {
    inputs: { picture, noise },
    expected: { result: { shape: [1, 4 * height, 4 * width, 3], data } },
  };
};

describe("an ONNX file of the small model, in Python,", () => {
  inPython("is a step from picture and noise to the larger picture, bicubic inside", async () => {
    const file = await exported("small-x4", "step.onnx", "--size", "12x16");
    const found = expectSame(place, file, [await stepRun(12, 16)]);
    expect(found).toMatchObject({ ir: 9, opsets: { "": 20 }, producer: "tadsr 0.1.0", beside: [] });
    expect(found.inputs).toEqual([
      { name: "picture", type: "FLOAT", shape: [1, 3, 12, 16] },
      { name: "noise", type: "FLOAT", shape: [1, 48, 12, 16] },
    ]);
    expect(found.outputs).toEqual([{ name: "result", type: "FLOAT", shape: [1, 3, 48, 64] }]);
    expect(found.operators).not.toContain("Transpose");
    expect(found.weights["input.weight"]).toBe("FLOAT");
    expect(Object.keys(found.weights)).not.toContain("time.0.weight");
    expect(found.metadata).toMatchObject({ model: "small-x4", part: "step", size: "12x16" });
    expect(found.metadata.licence).toMatch(/^Apache-2\.0/);
    expect(JSON.parse(found.metadata.configuration ?? "")).toMatchObject({ name: "small-x4", steps: 1 });
  });

  inPython("leaves the size open, and is the same at every size", async () => {
    const file = await exported("small-x4", "open.onnx", "--dynamic");
    const found = expectSame(place, file, [
      await stepRun(8, 12),
      await stepRun(20, 4),
      await stepRun(16, 16),
    ]);
    expect(found.inputs.map(({ shape }) => shape)).toEqual([
      [1, 3, "height", "width"],
      [1, 48, "height", "width"],
    ]);
    expect(found.outputs[0]?.shape).toEqual([1, 3, "result_height", "result_width"]);
  });

  inPython("in float16 differs by its rounding", async () => {
    const file = await exported("small-x4", "half.onnx", "--dynamic", "--dtype", "float16");
    const found = expectSame(place, file, [await stepRun(16, 12), await stepRun(8, 8)], "float16");
    expect(found.weights["input.weight"]).toBe("FLOAT16");
    expect(found.inputs.map(({ type }) => type)).toEqual(["FLOAT", "FLOAT"]);
    // It is really float16.
    expect(found.evaluated[0]?.result?.difference).toBeGreaterThan(1e-5);
  });

  // Their squares are beyond float16's range, or so small that its epsilon would not be visible.
  for (const scale of [2000, 1e-3])
    inPython(`in float16 keeps the statistics of numbers near ${scale} in float32`, async () => {
      const name = join(folder, `scaled-${scale}`);
      await saveTinyModel(name);
      const model = right(await loadModel(name)());
      const [weight, bias] = ["input.weight", "input.bias"].map((key) => {
        const { shape, data } = model.weights[key] as NdArray;
        return { shape, data: Float32Array.from(data, (value) => value * scale) };
      }) as [NdArray, NdArray];
      const weights = { ...model.weights, "input.weight": weight, "input.bias": bias };
      right(await saveModel(name, model.description, weights, { dtype: "F32" })());
      const file = await exported(name, `scaled-${scale}.onnx`, "--dtype", "float16", "--size", "16x12");
      expectSame(place, file, [await stepRun(16, 12, name)], "float16");
    });

  inPython("has its weights beside, at whole pages", async () => {
    const file = await exported("small-x4", "beside.onnx", "--size", "8x8", "--weights", "beside");
    const found = expectSame(place, file, [await stepRun(8, 8)]);
    expect(found.beside.length).toBeGreaterThan(20);
    for (const { location, offset } of found.beside) {
      expect(location).toBe("beside.onnx.data");
      expect(Number(offset) % 4096).toBe(0);
    }
  });

  inPython("is one network for every step of a teacher", async () => {
    const file = await exported("small-x4-teacher", "network.onnx", "--size", "8x12");
    const teacher = await openModel("small-x4-teacher");
    const condition = drawn(9, 1, 8, 12, 48);
    const at = (t: number): Promise<Run> =>
      networkRun(engine, teacher, { input: drawn(t, 1, 8, 12, 48), condition }, t);
    expectSame(place, file, [await at(1), await at(4)]);
  });

  for (const opset of ["18", "19", "20", "21", "22", "23"])
    inPython(`is valid in opset ${opset}`, async () => {
      const file = await exported("small-x4", `opset${opset}.onnx`, "--size", "8x8", "--opset", opset);
      expect(expectSame(place, file, [await stepRun(8, 8)]).opsets).toEqual({ "": Number(opset) });
    });
});

describe("the noise of a seed", () => {
  inPython("is drawn by others as the file's metadata says", async () => {
    const [seed, rows, columns, channels] = [2 ** 33 + 7, 3, 5, 48];
    const out = join(folder, "noise.bin");
    python("noise.py", ...[seed, rows, columns, channels].map(String), out);
    const found = new Float32Array(Uint8Array.from(readFileSync(out)).buffer);
    const data = new Float32Array(normal({ seed, stream: 0 }, 0, rows * columns * channels));
    const expected = channelsFirst({ shape: [1, rows, columns, channels], data }).data;
    expect(found.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6);
  });
});
