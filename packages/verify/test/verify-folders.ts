/**
 * Folders to verify: the recorded folder of the authors' networks, as far as it is kept here, and others that
 * the reference engine makes from random networks.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ancestralSampler,
  deterministicInversion,
  deterministicSampler,
  type Engine,
  elements,
  type NdArray,
  normal,
  type Predictor,
  type ReferenceTensor,
  referenceAlgebra,
  referenceEngine,
  runSampler,
  type Schedule,
} from "@tadsr/core";
import { writeSafetensors } from "@tadsr/files";
import {
  type ConditionedNetwork,
  type FloatType,
  type HostWeights,
  initialWeights,
  type PictureNetworkConfig,
  parameterCount,
  pictureNetwork,
  readVqAutoencoderConfig,
  swinUNet,
  swinUNetConfigOf,
  uploadWeights,
  vqAutoencoder,
} from "@tadsr/model";
import { openRuntime, type RuntimeName } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll } from "vitest";
import type { Row, Verdict } from "../src/row.ts";
import { scheduleOf } from "../src/schedules.ts";
import { imageOf, recordOf } from "../src/tensor-file.ts";
import { verifyManifest } from "../src/verify-manifest.ts";

type Json = Readonly<Record<string, unknown>>;

const SCHEDULES = join(import.meta.dirname, "../../core/test/fixtures/schedules.json");

/** Copies the named files of the unpacked folder, its manifest and the schedules. */
export const copyPaper = (from: string, to: string, names: readonly string[]): void => {
  mkdirSync(to, { recursive: true });
  for (const name of ["manifest.json", ...names]) cpSync(join(from, name), join(to, name));
  cpSync(SCHEDULES, join(to, "schedules.json"));
};

/** An empty folder, and its removal. */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), "tadsr-verify-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const opened = new Map<string, Engine<unknown>>();
afterAll(async () => {
  for (const engine of opened.values()) await engine.close();
});

/** The runtime's engine, opened once for the tests of a file. */
const engineOf = async (name: RuntimeName): Promise<Engine<unknown>> => {
  const engine = opened.get(name) ?? right(await openRuntime(name)());
  opened.set(name, engine);
  return engine;
};

/** The rows of the folder's manifest. */
export const verifyIn = async (folder: string, name: RuntimeName = "wasm"): Promise<readonly Row[]> =>
  right(await verifyManifest(join(folder, "manifest.json"), await engineOf(name))());

/** Rows of a verdict, as "entry: check". */
export const checksOf = (rows: readonly Row[], verdict: Verdict): readonly string[] =>
  rows.filter((row) => row.verdict === verdict).map(({ entry, check }) => `${entry}: ${check}`);

export const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const noise = (stream: number, shape: readonly number[]): ReferenceTensor => ({
  shape,
  data: Float64Array.from(Float32Array.from(normal({ seed: 11, stream }, 0, elements(shape)))),
});

const save = async (path: string, tensors: Readonly<Record<string, NdArray>>, dtype: FloatType = "F32") =>
  right(await writeSafetensors(path, tensors, { dtype })());

/** A random network, and its entry in the manifest. */
export interface MadeUNet {
  readonly network: ConditionedNetwork;
  readonly weights: HostWeights;
  readonly entry: Json;
}

/** `name.safetensors` and a record of a call for each of the latent's sizes [n, h, w]. */
export const makeUNet = async (
  folder: string,
  name: string,
  config: Json,
  sizes: readonly (readonly [n: number, h: number, w: number])[],
): Promise<MadeUNet> => {
  const { condition, imageSize, latentChannels, ...rest } = right(swinUNetConfigOf("test", config));
  const network = swinUNet({ ...rest, condition, imageSize, latentChannels });
  const weights = initialWeights(network.parameters, { seed: name.length });
  const uploaded = uploadWeights(referenceEngine, network.parameters, weights);
  const io: Record<string, NdArray> = {};
  for (const [call, [n, h, w]] of sizes.entries()) {
    const factor = condition === null ? 1 : condition.size / imageSize;
    const x = noise(10 * call, [n, latentChannels, h, w]);
    const lq = noise(10 * call + 1, [n, condition?.channels ?? 3, h * factor, w * factor]);
    const t = Array.from({ length: n }, (_, i) => i + call);
    const y = network.run(referenceAlgebra)(uploaded, {
      input: imageOf(x),
      condition: imageOf(lq),
      time: referenceEngine.upload("matrix", network.timeFeatures(t, n)),
    });
    Object.assign(io, {
      [`${call}.x`]: x,
      [`${call}.t`]: { shape: [n], data: Float64Array.from(t) },
      ...(condition === null ? {} : { [`${call}.lq`]: lq }),
      [`${call}.y`]: recordOf(y),
    });
  }
  await save(join(folder, `${name}.safetensors`), weights);
  await save(join(folder, `${name}.io.safetensors`), io);
  return { network, weights, entry: { config, params: parameterCount(network.parameters) } };
};

/** `name.safetensors`, `name.half.safetensors` and the record of a picture of `height` x `width`. */
export const makeAutoencoder = async (
  folder: string,
  name: string,
  config: Json,
  [height, width]: readonly [number, number],
): Promise<Json> => {
  const made = right(readVqAutoencoderConfig("test", config));
  const { encoder, quantiser, decoder, parameters } = vqAutoencoder(made);
  const weights = initialWeights(parameters, { seed: 3 });
  const uploaded = uploadWeights(referenceEngine, parameters, weights);
  const image = noise(0, [1, made.inputChannels, height, width]);
  const z = encoder.run(referenceAlgebra, uploaded, imageOf(image));
  const indices = quantiser.indices(referenceAlgebra, uploaded, z);
  const quant = quantiser.entries(referenceAlgebra, uploaded, indices);
  await save(join(folder, `${name}.io.safetensors`), {
    image,
    z: recordOf(z),
    indices: { shape: [indices.data.length], data: indices.data },
    quant: recordOf(quant),
    decoded: recordOf(decoder.run(referenceAlgebra, uploaded, quant)),
    decoded_unquantized: recordOf(decoder.run(referenceAlgebra, uploaded, z)),
  });
  await save(join(folder, `${name}.safetensors`), weights);
  await save(join(folder, `${name}.half.safetensors`), weights, "F16");
  return { config, params: parameterCount(parameters) };
};

/** `name.safetensors`, in F16 too, and the record of two pictures; only the tensors say which network it is. */
export const makePictureNetwork = async (
  folder: string,
  name: string,
  config: PictureNetworkConfig,
): Promise<Json> => {
  const network = pictureNetwork(config);
  const weights = initialWeights(network.parameters, { seed: 5 });
  const uploaded = uploadWeights(referenceEngine, network.parameters, weights);
  const pictures = [noise(0, [1, 3, 4, 6]), noise(1, [2, 3, 2, 8])];
  const calls = pictures.map((x, call) => ({
    [`${call}.x`]: x,
    [`${call}.y`]: recordOf(network.run(referenceAlgebra)(uploaded, imageOf(x))),
  }));
  await save(join(folder, `${name}.io.safetensors`), Object.assign({}, ...calls));
  await save(join(folder, `${name}.safetensors`), weights);
  await save(join(folder, `${name}.half.safetensors`), weights, "F16");
  return { params: parameterCount(network.parameters) };
};

/** The record of all samplers on latents [n, channels, h, w]. */
export const makeSamplers = async (
  folder: string,
  name: string,
  { network, weights }: MadeUNet,
  schedule: Schedule,
  [n, h, w]: readonly [number, number, number],
): Promise<void> => {
  const { T } = schedule;
  const shape = [n, network.latentChannels, h, w];
  const uploaded = uploadWeights(referenceEngine, network.parameters, weights);
  const [z_y, z_T, z_1] = [noise(1, shape), noise(2, shape), noise(3, shape)];
  const noises = noise(4, [T, ...shape]);
  const predict: Predictor<ReferenceTensor> = (input, index) =>
    network.run(referenceAlgebra)(uploaded, {
      input,
      condition: imageOf(z_y),
      time: referenceEngine.upload("matrix", network.timeFeatures(index, n)),
    });
  const states: ReferenceTensor[] = [];
  const steps = deterministicSampler(referenceAlgebra, schedule)(predict, imageOf(z_T), imageOf(z_y));
  const predictions: ReferenceTensor[] = [];
  for (const { z_t, z_0 } of steps) {
    states.push(recordOf(z_t));
    predictions.push(recordOf(z_0));
  }
  const size = z_y.data.length;
  const noiseAt = (t: number): ReferenceTensor =>
    imageOf({ shape, data: noises.data.slice((T - t) * size, (T - t + 1) * size) });
  const stochastic = ancestralSampler(referenceAlgebra, schedule)(predict, imageOf(z_T), noiseAt);
  const inverse = deterministicInversion(referenceAlgebra, schedule)(predict, imageOf(z_1), imageOf(z_y));
  await save(join(folder, `${name}.safetensors`), {
    z_y,
    z_T,
    lq: z_y,
    "deterministic.z0": states.at(-1) as ReferenceTensor,
    "deterministic.trajectory": {
      shape: [T, ...shape],
      data: Float64Array.from(states.flatMap(({ data }) => [...data])),
    },
    "stochastic.noises": noises,
    "stochastic.z0": recordOf(runSampler(stochastic)),
    "one_step.z0": predictions[0] as ReferenceTensor,
    "inverse.z0": z_1,
    "inverse.z_T": recordOf(runSampler(inverse)),
  });
};

/** A schedule's record: the numbers for the authors' configuration. */
export const scheduleRecord = (config: Json): { readonly record: Json; readonly schedule: Schedule } => ({
  record: { config },
  schedule: right(scheduleOf({ config })),
});

export const writeJson = (folder: string, name: string, json: unknown): void =>
  writeFileSync(join(folder, name), JSON.stringify(json));
