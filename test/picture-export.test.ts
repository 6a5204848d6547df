/** Files of Real-ESRGAN's networks in other tools: run in Python, compared with this project's own engine. */
import { join } from "node:path";
import type { NdArray } from "@tadsr/core";
import { readWeights } from "@tadsr/files";
import { type PictureNetworkConfig, pictureNetwork, uploadWeights } from "@tadsr/model";
import { describe, expect } from "vitest";
import { savePictureNetwork, tinyRrdb, tinySrvgg } from "../packages/cli/test/tiny-picture-networks.ts";
import { expectSame, inPython, type Run, workplace } from "./python/check.ts";
import { openEngine, right } from "./python/one-step.ts";
import { pictureOf } from "./python/pictures.ts";

const place = workplace();
const { exported, folder } = place;

/** Converts [-1, 1] to the network's [0, 1] and back. */
const expectedOf = async (config: PictureNetworkConfig, picture: NdArray): Promise<Run> => {
  const network = pictureNetwork(config);
  const weights = right(await readWeights(join(folder, `${config.kind}.pth`), network.parameters)());
  const engine = await openEngine();
  const unit = { ...picture, data: Float32Array.from(picture.data, (x) => (x + 1) / 2) };
  const result = network.run(engine.algebra)(
    uploadWeights(engine, network.parameters, weights),
    engine.upload("image", unit),
  );
  const { shape, data } = await engine.download("image", result);
  return {
    inputs: { picture },
    expected: { result: { shape, data: Float32Array.from(data, (x) => 2 * x - 1) } },
  };
};

describe.each([tinySrvgg, tinyRrdb])("an ONNX file of $kind, in Python,", (config) => {
  inPython("makes a picture of a picture, of any size", async () => {
    await savePictureNetwork(join(folder, `${config.kind}.pth`), config);
    const file = await exported(`${config.kind}.pth`, `${config.kind}.onnx`, "--dynamic");
    const runs = [await expectedOf(config, pictureOf(6, 10)), await expectedOf(config, pictureOf(16, 4))];
    const found = expectSame(place, file, runs);
    expect(found.inputs.map(({ shape }) => shape)).toEqual([[1, 3, "height", "width"]]);
    expect(found.outputs[0]?.shape).toEqual([1, 3, "result_height", "result_width"]);
    expect(found.operators.includes("PRelu")).toBe(config.kind === "srvgg");
    expect(found.operators).not.toContain("Transpose");
  });

  inPython("likewise in the lowest opset, and in float16 but for its rounding", async () => {
    await savePictureNetwork(join(folder, `${config.kind}.pth`), config);
    const run = await expectedOf(config, pictureOf(8, 8));
    const size = ["--size", "8x8"];
    const file = await exported(`${config.kind}.pth`, `${config.kind}-18.onnx`, "--opset", "18", ...size);
    expect(expectSame(place, file, [run]).opsets).toEqual({ "": 18 });
    const half = await exported(
      `${config.kind}.pth`,
      `${config.kind}-16.onnx`,
      "--dtype",
      "float16",
      ...size,
    );
    const found = expectSame(place, half, [run], "float16");
    expect(found.evaluated[0]?.result?.difference).toBeGreaterThan(1e-5);
  });
});
