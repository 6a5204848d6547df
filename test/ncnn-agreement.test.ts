/** SRVGGNetCompact and RRDBNet compared with ncnn, which Real-ESRGAN's own programs use. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, type NdArray, uniform } from "@tadsr/core";
import { describePictureFile, readWeights, writeSafetensors } from "@tadsr/files";
import { type PictureModel, type PictureNetworkConfig, pictureNetwork, uploadWeights } from "@tadsr/model";
import { runtimes } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, describe, expect, it } from "vitest";
import { pictureWeights } from "../packages/model/test/picture-weights.ts";
import { ncnnFiles } from "./ncnn-files.ts";
import { inPythonWith, python } from "./python/check.ts";
import { channelsFirst } from "./python/pictures.ts";

const folder = mkdtempSync(join(tmpdir(), "tadsr-ncnn-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const right = <A>(result: E.Either<object, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const CONFIGS: readonly PictureNetworkConfig[] = [
  { kind: "srvgg", channels: 12, convolutions: 5, factor: 4 },
  { kind: "srvgg", channels: 7, convolutions: 0, factor: 3 },
  { kind: "rrdb", channels: 8, growth: 4, blocks: 2, factor: 4 },
  { kind: "rrdb", channels: 6, growth: 5, blocks: 1, factor: 2 },
  { kind: "rrdb", channels: 4, growth: 3, blocks: 1, factor: 1 },
];

const titled = CONFIGS.map((config) => [Object.values(config).join("-"), config] as const);

/** The same network as safetensors and as ncnn's pair. */
const written = async (name: string, config: PictureNetworkConfig): Promise<PictureModel> => {
  const weights = pictureWeights(pictureNetwork(config));
  const file = at(`${name}.safetensors`);
  right(await writeSafetensors(file, weights, { dtype: "F32" })());
  const { param, bin } = ncnnFiles(config, weights);
  writeFileSync(at(`${name}.param`), param);
  writeFileSync(at(`${name}.bin`), bin);
  const model = right(await describePictureFile({ file })());
  if (model === null) throw new Error(`${file} is of another kind`);
  return model;
};

const [HEIGHT, WIDTH] = [12, 20];
const picture: NdArray = {
  shape: [1, HEIGHT, WIDTH, 3],
  data: Float32Array.from(uniform({ seed: 11, stream: 0 }, 0, HEIGHT * WIDTH * 3)),
};

const onEngine = async <T>(engine: Engine<T>, { network, file }: PictureModel): Promise<NdArray> => {
  const weights = uploadWeights(
    engine,
    network.parameters,
    right(await readWeights(file.file.name, network.parameters)()),
  );
  const result = engine.scope(() => network.run(engine.algebra)(weights, engine.upload("image", picture)));
  const found = channelsFirst(await engine.download("image", result));
  engine.release([result, ...Object.values(weights)]);
  return found;
};

const inNcnn = (name: string): NdArray => {
  const [input, output] = [at(`${name}.input`), at(`${name}.output`)];
  const { data, shape } = channelsFirst(picture);
  writeFileSync(input, Float32Array.from(data));
  const [param, bin] = [at(`${name}.param`), at(`${name}.bin`)];
  writeFileSync(at("cases.json"), JSON.stringify([{ param, bin, input, shape: shape.slice(1), output }]));
  const [result] = JSON.parse(python("run_ncnn.py", at("cases.json"))) as readonly (readonly number[])[];
  return {
    shape: [1, ...(result ?? [])],
    data: new Float32Array(Uint8Array.from(readFileSync(output)).buffer),
  };
};

const difference = (a: NdArray, b: NdArray): number => {
  let largest = 0;
  for (let i = 0; i < a.data.length; i++) {
    const distance = Math.abs((a.data[i] as number) - (b.data[i] as number));
    // A comparison with NaN is false: it must not pass for a small difference.
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
};

const largestOf = ({ data }: NdArray): number =>
  Float64Array.from(data).reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** Both sum in float32, in different orders. The largest difference seen is 3e-6 of the largest value. */
const TOLERANCE = 1e-5;

describe.each(titled)("%s", (name, config) => {
  inPythonWith("numpy", "ncnn")("gives the pictures that ncnn gives, on every engine", async () => {
    const model = await written(name, config);
    const theirs = inNcnn(name);
    const size = largestOf(theirs);
    expect(size).toBeGreaterThan(0.1);
    for (const runtime of [runtimes.reference, runtimes.onnx, runtimes.wasm]) {
      const engine = right(await runtime.open());
      const ours = await onEngine(engine, model);
      await engine.close();
      expect(ours.shape).toEqual(theirs.shape);
      expect(difference(ours, theirs), runtime.name).toBeLessThan(TOLERANCE * size);
    }
  });

  it("can be read back from ncnn's files unchanged", async () => {
    const model = await written(name, config);
    const tool = join(import.meta.dirname, "..", "tools", "ncnn-weights.mjs");
    const output = at(`${name}-again.safetensors`);
    const words = [at(`${name}.bin`), output, ...(config.kind === "rrdb" ? [at(`${name}.param`)] : [])];
    const { status, stderr } = spawnSync(process.execPath, [tool, ...words], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [before, after] = await Promise.all(
      [model.file.file.name, output].map(async (file) =>
        right(await readWeights(file, model.network.parameters)()),
      ),
    );
    expect(after).toEqual(before);
  });
});
