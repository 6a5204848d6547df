/** ONNX Runtime's own kernels. The algebra is compiled to ONNX graphs, and optimised graphs are kept on disk. */
import {
  type Engine,
  type EngineMemory,
  FLOAT32_EPSILON,
  lazyRuntime,
  missingError,
  type Runtime,
} from "@tadsr/core";
import type { Dialect, Lowered, OnnxTensor, Session } from "@tadsr/engine-onnx";
import { cacheFolder } from "../cache-folder.ts";
import { checkCudaDevice } from "./cuda-devices.ts";
import { leftTeller } from "./left-to-processor.ts";
import { modelCache, noCache, type Tell } from "./model-cache.ts";
import { physicalCores } from "./processor.ts";
import type { OnnxProvider } from "./provider.ts";
import type { OpenSession } from "./sessions.ts";

export interface OnnxOptions {
  /** The number of threads for one computation, by default the number of physical cores. */
  readonly threads?: number;
  readonly provider?: OnnxProvider;
  /** The number of the graphics card, in the order in which `nvidia-smi` lists them. Only CUDA can choose. */
  readonly device?: number;
  /**
   * How many compiled computations are kept, the latest used; 12 by default. There is one for each size of an input,
   * and each holds the memory that it ran in.
   */
  readonly sessions?: number;
  /** The folder for optimised models; null for none. By default `TADSR_CACHE` or the system's folder for caches. */
  readonly cache?: string | null;
  /**
   * Gets the messages: about the cache, and which nodes a graphics card's provider leaves to the processor. By default
   * there are none.
   */
  readonly tell?: Tell;
  /** How graphs are written, if not in the fastest way. */
  readonly dialect?: Partial<Dialect>;
}

/** How graphs are written for ONNX Runtime on a CPU. */
export const fastestDialect: Dialect = {
  opset: 20,
  winograd: "where-faster",
  openSizes: false,
};

const REMEDIES: Readonly<Record<OnnxProvider, string>> = {
  cpu: "install again: npx -y pnpm@12 install",
  webgpu:
    "it needs a graphics driver with Vulkan, Metal or Direct3D 12 (in software: Debian's chromium and libvulkan1, and " +
    "VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json); or use --runtime onnx",
  cuda: "it needs an ONNX Runtime with CUDA: run node_modules/onnxruntime-node/script/install.js, or use --runtime onnx",
};

/** The transforms of Winograd's convolutions save time on a CPU. GPUs have their own fast convolutions. */
const dialectOf = (provider: OnnxProvider, changes: Partial<Dialect>): Dialect => ({
  ...fastestDialect,
  ...(provider === "cpu" ? {} : { winograd: "never" }),
  ...changes,
});

/**
 * The same figures as of TensorFlow.js. It holds images in its kernels' layout, too, and convolutions' transforms. It
 * keeps what it allocated for a shape of tile; all tiles of a picture have one.
 */
const MEMORY: EngineMemory = { factor: 2, scores: 2 ** 28, limit: Number.POSITIVE_INFINITY };

/** Why ONNX Runtime cannot choose a graphics card. Its provider of WebGPU refuses the option `deviceId`. */
export const NO_CHOICE: Readonly<Record<Exclude<OnnxProvider, "cuda">, string>> = {
  cpu: "it computes on the processor",
  webgpu: "ONNX Runtime's provider of WebGPU takes the system's first one; use webgpu or onnx-cuda",
};

const checkDevice = async (provider: OnnxProvider, device: number): Promise<void> => {
  if (provider === "cuda") return checkCudaDevice(device);
  throw missingError({ missing: "a choice of graphics cards", remedy: NO_CHOICE[provider] });
};

const openEngine = async (name: string, options: OnnxOptions): Promise<Engine<OnnxTensor>> => {
  const { provider = "cpu", threads = physicalCores(), tell = () => undefined } = options;
  const library = await import("onnxruntime-node");
  // Errors are thrown, and reported in this project's words, so ONNX Runtime need not print them.
  library.env.logLevel = "fatal";
  const { onnxEngine } = await import("@tadsr/engine-onnx");
  const { sessionOpener } = await import("./sessions.ts");
  const folder = options.cache === undefined ? cacheFolder(process.env) : options.cache;
  const cache = folder === null || provider !== "cpu" ? noCache : modelCache(folder, tell);
  const { device } = options;
  if (device !== undefined) await checkDevice(provider, device);
  const openSession: OpenSession = sessionOpener({
    ...{ library, provider, threads, cache },
    ...(device === undefined ? {} : { device }),
    ...(provider === "cpu" || options.tell === undefined ? {} : { left: leftTeller(name, tell) }),
  });
  const engine = onnxEngine({
    name,
    epsilon: FLOAT32_EPSILON,
    memory: MEMORY,
    dialect: dialectOf(provider, options.dialect ?? {}),
    ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
    openSession: (graph: Lowered): Promise<Session> => openSession(graph),
  });
  if (provider !== "cpu") await tryOut(engine);
  return engine;
};

export const onnxRuntime = (options: OnnxOptions = {}): Runtime<OnnxTensor> => {
  const { provider = "cpu" } = options;
  const name = provider === "cpu" ? "onnx" : `onnx-${provider}`;
  return lazyRuntime({
    name,
    load: () => openEngine(name, options),
    missing: `onnxruntime-node with ${provider}`,
    remedy: REMEDIES[provider],
  });
};

/** Computes once, since a provider without a device reports it only when it first computes. */
const tryOut = async ({ upload, algebra, download }: Engine<OnnxTensor>): Promise<void> => {
  await download("vector", algebra.square(upload("vector", { shape: [1], data: Float32Array.of(2) })));
};

export const onnx = onnxRuntime();
