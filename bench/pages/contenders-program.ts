/**
 * In a worker of a page: a side that is compared there, from RGB bytes to RGB bytes. The worker has TensorFlow.js with its
 * WebAssembly backend and UpscalerJS with its models as globals, by their own scripts, as UpscalerJS's users load them.
 */
import { anyRuntime, type Runtime } from "@tadsr/core";
import { describeModel, fileInMemory } from "@tadsr/model";
import { onnxWasmRuntime, onnxWebgpuRuntime } from "@tadsr/runtime-web";
import { openUpscaler } from "@tadsr/upscale";
import { photograph } from "../lib/photograph.ts";

export interface PageEntry {
  /** Who made it. */
  readonly maker: "tadsr" | "upscalerjs";
  readonly model: string;
  /** A runtime of ours, or a backend of TensorFlow.js. */
  readonly runtime: string;
  /** Of the picture before, in pixels. */
  readonly side: number;
}

interface Tensor {
  readonly data: () => Promise<ArrayLike<number>>;
  readonly dispose: () => void;
}

interface Scripts {
  readonly tf: {
    readonly setBackend: (name: string) => Promise<boolean>;
    readonly tensor3d: (data: Uint8Array, shape: readonly number[], type: "int32") => Tensor;
    readonly wasm: { readonly setWasmPaths: (folder: string) => void };
  };
  readonly Upscaler: new (options: {
    readonly model: object;
  }) => {
    readonly ready: Promise<unknown>;
    readonly upscale: (picture: Tensor, options: { readonly output: "tensor" }) => Promise<Tensor>;
  };
}

/** The models' globals. */
const GLOBALS: Readonly<Record<string, string>> = {
  "esrgan-slim": "ESRGANSlim4x",
  "esrgan-medium": "ESRGANMedium4x",
};

type Run = () => Promise<ArrayLike<number>>;

const files = "/ort/";

const ours: Readonly<Record<string, Runtime>> = {
  "onnx-wasm": anyRuntime(onnxWasmRuntime({ files })),
  "onnx-webgpu": anyRuntime(onnxWebgpuRuntime({ files })),
};

const openOurs = async ({ model, runtime, side }: PageEntry): Promise<Run> => {
  const bytes = async (file: string): Promise<Uint8Array> =>
    new Uint8Array(await (await fetch(`/models/${model}/${file}`)).arrayBuffer());
  const weights = fileInMemory("model.safetensors", await bytes("model.safetensors"));
  const description = fileInMemory("model.json", await bytes("model.json"));
  const described = await describeModel(description, { network: weights, autoencoder: weights })();
  if (described._tag === "Left") throw new Error(described.left.message);
  const engine = await ours[runtime]?.open();
  if (engine === undefined) throw new Error(`there is no runtime ${runtime}`);
  if (engine._tag === "Left") throw new Error(engine.left.message);
  const upscaler = await openUpscaler(engine.right, described.right, { seed: 0, tile: side })();
  if (upscaler._tag === "Left") throw new Error(upscaler.left.message);
  const picture = photograph(side, side);
  return async () => {
    const result = await upscaler.right.upscale(picture)();
    if (result._tag === "Left") throw new Error(result.left.message);
    return result.right.data;
  };
};

/** In one piece, as ours. In patches it would be slower. */
const openTheirs = async ({ model, runtime, side }: PageEntry): Promise<Run> => {
  const { tf, Upscaler } = globalThis as unknown as Scripts;
  tf.wasm.setWasmPaths("/tfjs-wasm/");
  if (!(await tf.setBackend(runtime))) throw new Error(`the backend ${runtime} did not start`);
  const definition = Reflect.get(globalThis, GLOBALS[model] ?? "") as object;
  const upscaler = new Upscaler({ model: { ...definition, path: `/${model}/x4/model.json` } });
  await upscaler.ready;
  const { width, height, channels, data } = photograph(side, side);
  return async () => {
    const input = tf.tensor3d(data, [height, width, channels], "int32");
    const output = await upscaler.upscale(input, { output: "tensor" });
    const bytes = new Uint8ClampedArray(await output.data());
    input.dispose();
    output.dispose();
    return bytes;
  };
};

interface Opened {
  readonly run: Run;
  /** Bytes of the result. */
  readonly length: number;
}

let opened: Opened | null = null;

/** Makes the worker's side ready. */
export const open = async (entry: PageEntry): Promise<void> => {
  const run = await (entry.maker === "tadsr" ? openOurs(entry) : openTheirs(entry));
  opened = { run, length: 3 * (4 * entry.side) ** 2 };
};

/** Enlarges the picture once; the milliseconds that it took. */
export const run = async (): Promise<number> => {
  if (opened === null) throw new Error("no side is open");
  const begun = performance.now();
  const bytes = await opened.run();
  const took = performance.now() - begun;
  if (bytes.length !== opened.length) throw new Error(`the result has ${bytes.length} bytes`);
  return took;
};

/** As far as it is needed here. */
interface PageWithGpu {
  readonly navigator: {
    readonly gpu?: {
      requestAdapter(): Promise<{ readonly info: { readonly architecture: string } } | null>;
    };
  };
}

/** Whether WebGPU computes on a real graphics card. */
export const hasGraphicsCard = async (): Promise<boolean> => {
  const { navigator } = globalThis as unknown as PageWithGpu;
  const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
  return adapter !== null && adapter.info.architecture !== "swiftshader";
};
