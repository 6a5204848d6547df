/** In a page: its runtimes, and what the tests do with them. What goes in and out is plain data. */
import { anyRuntime, type Engine, normal, type Runtime } from "@tadsr/core";
import { checkLaw, type LawResult, laws } from "@tadsr/laws/plain";
import { describeModel, fileInMemory, type Picture } from "@tadsr/model";
import { onnxWasmRuntime, onnxWebgpuRuntime, webgpu } from "@tadsr/runtime-web";
import { openUpscaler } from "@tadsr/upscale";
import {
  type AfterFault,
  askForTooMuch,
  devicesFrom,
  type Ending,
  tensorsOverTiles,
  upscaleWell,
  upscaleWithFault,
} from "./faults.ts";

const files = "/ort/";

const lines: string[] = [];
const tell = (line: string): void => {
  lines.push(line);
};

/** What the runtimes below have said since the last call. */
export const takeLines = (): readonly string[] => lines.splice(0);

const runtimes: Readonly<Record<string, Runtime>> = {
  webgpu: anyRuntime(webgpu),
  "onnx-wasm": anyRuntime(onnxWasmRuntime({ files, tell })),
  "onnx-webgpu": anyRuntime(onnxWebgpuRuntime({ files, tell })),
};

const named = (name: string): Runtime => {
  const runtime = runtimes[name];
  if (runtime === undefined) throw new Error(`there is no runtime ${name}`);
  return runtime;
};

const opened = async (name: string): Promise<Engine<unknown>> => {
  const engine = await named(name).open();
  if (engine._tag === "Left") throw new Error(`${engine.left.missing}; ${engine.left.remedy}`);
  return engine.right;
};

/** WebGPU's classes, as far as the tests need them. */
interface PageWithGpu {
  readonly GPUAdapter: Parameters<typeof devicesFrom>[0];
  readonly GPUComputePassEncoder: {
    readonly prototype: Record<string, (...given: readonly unknown[]) => unknown>;
  };
  readonly GPUOutOfMemoryError: new (message: string) => object;
  readonly GPUUncapturedErrorEvent: new (type: string, init: { readonly error: object }) => Event;
}

const page = globalThis as unknown as PageWithGpu;
const devices = devicesFrom(page.GPUAdapter);

let dispatched = 0;
const { prototype } = page.GPUComputePassEncoder;
for (const name of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]) {
  const dispatch = prototype[name];
  prototype[name] = function (...given) {
    dispatched++;
    return dispatch?.apply(this, [...given]);
  };
}

/** Programs that the graphics card was given so far. */
export const dispatches = (): number => dispatched;

/** Every law on a runtime. */
export const testLaws = async (name: string, runs: number): Promise<readonly LawResult[]> => {
  const engine = await opened(name);
  const results: LawResult[] = [];
  for (const law of laws) results.push(await checkLaw(engine, law, { runs }));
  await engine.close();
  return results;
};

/** Programs that one addition of single numbers gives the graphics card. */
export const dispatchesOfOneSum = async (name: string): Promise<number> => {
  const { upload, algebra, download, close } = await opened(name);
  const before = dispatched;
  const one = upload("vector", { shape: [1], data: Float32Array.of(1) });
  await download("vector", algebra.add(one, one));
  const made = dispatched - before;
  await close();
  return made;
};

/** The result's bytes, or what is wrong. The model's two files come from the site. */
export const upscale = async (
  name: string,
  model: string,
  picture: Omit<Picture, "data"> & { readonly data: readonly number[] },
): Promise<readonly number[]> => {
  const bytes = async (file: string): Promise<Uint8Array> =>
    new Uint8Array(await (await fetch(`/models/${model}/${file}`)).arrayBuffer());
  const weights = fileInMemory("model.safetensors", await bytes("model.safetensors"));
  const described = await describeModel(fileInMemory("model.json", await bytes("model.json")), {
    network: weights,
    autoencoder: weights,
  })();
  if (described._tag === "Left") throw new Error(described.left.message);
  const engine = await opened(name);
  const upscaler = await openUpscaler(engine, described.right, { seed: 3 })();
  if (upscaler._tag === "Left") throw new Error(upscaler.left.message);
  const result = await upscaler.right.upscale({ ...picture, data: Uint8Array.from(picture.data) })();
  upscaler.right.close();
  await engine.close();
  if (result._tag === "Left") throw new Error(result.left.message);
  return [...result.right.data];
};

/** The numbers of the noise. */
export const noise = (seed: number, count: number): readonly number[] => [
  ...normal({ seed, stream: 0 }, 0, count),
];

const faults: Readonly<Record<string, (engine: Engine<unknown>) => void>> = {
  "the device is destroyed": () => devices.at(-1)?.destroy(),
  "memory is refused": () => {
    const error = new page.GPUOutOfMemoryError("planted");
    devices.at(-1)?.dispatchEvent(new page.GPUUncapturedErrorEvent("uncapturederror", { error }));
  },
  "the engine is closed": (engine) => void engine.close(),
};

export const withFault = (name: string, fault: string): Promise<AfterFault> =>
  upscaleWithFault(named(name), (engine) => faults[fault]?.(engine));

export const well = (name: string): Promise<Ending> => upscaleWell(named(name));
export const tooMuch = (name: string, side: number): Promise<unknown> => askForTooMuch(named(name), side);
export const alive = (name: string, tiles: number): Promise<readonly number[]> =>
  tensorsOverTiles(named(name), tiles);

/** What `onnx-wasm` says while it opens, and why it does not. */
export const wordsOfOnnxWasm = async (options: {
  readonly threads?: number;
}): Promise<{ readonly told: readonly string[]; readonly error: string | null }> => {
  const told: string[] = [];
  const engine = await onnxWasmRuntime({ files, ...options, tell: (line) => told.push(line) }).open();
  if (engine._tag === "Left") return { told, error: engine.left.message };
  await engine.right.close();
  return { told, error: null };
};

/** What `onnx-webgpu` says when the graphics card can do all, and then when it cannot. */
export const wordsOfOnnxWebgpu = async (): Promise<readonly (readonly string[])[]> => {
  const { upload, algebra, download, close } = await opened("onnx-webgpu");
  const image = upload("image", { shape: [1, 4, 4, 1], data: new Float32Array(16) });
  takeLines();
  await download("image", algebra.silu(image));
  const first = takeLines();
  for (const f of [2, 4]) await download("image", algebra.spaceToDepth(image, f));
  await close();
  return [first, takeLines()];
};
