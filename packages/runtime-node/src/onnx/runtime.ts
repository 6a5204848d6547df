/** ONNX Runtime's own kernels: the algebra compiled to ONNX graphs, optimised ones kept on disk. */
import type { Engine, Runtime, RuntimeError } from "@tadsr/core";
import type { Dialect, Lowered, OnnxTensor, Session } from "@tadsr/engine-onnx";
import * as TE from "fp-ts/lib/TaskEither.js";
import { FLOAT32_EPSILON, oneLine, unavailable } from "../tfjs.ts";
import { cacheFolder, modelCache, noCache, type Tell } from "./model-cache.ts";
import { physicalCores } from "./processor.ts";
import type { OnnxProvider } from "./provider.ts";
import { type OpenSession, sessionOpener } from "./sessions.ts";

export interface OnnxOptions {
  /** Threads that one computation uses; as many as there are physical cores where left out. */
  readonly threads?: number;
  readonly provider?: OnnxProvider;
  /**
   * How many compiled computations are kept, the latest used; 12 where left out. Each holds the memory that it ran
   * in, and one is made for each size of an input.
   */
  readonly sessions?: number;
  /** Where optimised models are kept; null: nowhere. `TADSR_CACHE` or the system's place where left out. */
  readonly cache?: string | null;
  /** What is to be told of the cache; nothing where left out. */
  readonly tell?: Tell;
  /** How graphs are written, where it is to be another way than the fastest. */
  readonly dialect?: Partial<Dialect>;
}

/** How graphs are written for ONNX Runtime on a CPU. */
export const fastestDialect: Dialect = {
  opset: 20,
  contrib: true,
  winograd: "where-faster",
  openSizes: false,
};

const REMEDIES: Readonly<Record<OnnxProvider, string>> = {
  cpu: "install again: npx -y pnpm@12 install",
  webgpu:
    "it needs a graphics driver with Vulkan, Metal or Direct3D 12 (in software: Debian's chromium and libvulkan1, and " +
    "VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json); take --runtime onnx",
  cuda: "it needs an ONNX Runtime with CUDA: run node_modules/onnxruntime-node/script/install.js, or take --runtime onnx",
};

/** The transforms of Winograd's convolutions pay on a CPU; GPUs have convolutions of their own. */
const dialectOf = (provider: OnnxProvider, changes: Partial<Dialect>): Dialect => ({
  ...fastestDialect,
  ...(provider === "cpu" ? {} : { winograd: "never", contrib: false }),
  ...changes,
});

export const onnxRuntime = (options: OnnxOptions = {}): Runtime<OnnxTensor> => {
  const { provider = "cpu", threads = physicalCores(), tell = () => undefined } = options;
  const name = provider === "cpu" ? "onnx" : `onnx-${provider}`;
  return {
    name,
    epsilon: FLOAT32_EPSILON,
    open: TE.tryCatch(
      async () => {
        const library = await import("onnxruntime-node");
        // What fails is thrown, and told in this project's words.
        library.env.logLevel = "fatal";
        const { onnxEngine } = await import("@tadsr/engine-onnx");
        const folder = options.cache === undefined ? cacheFolder(process.env) : options.cache;
        const cache = folder === null || provider !== "cpu" ? noCache : modelCache(folder, tell);
        const openSession: OpenSession = sessionOpener({ library, provider, threads, cache });
        const engine = onnxEngine({
          name,
          epsilon: FLOAT32_EPSILON,
          dialect: dialectOf(provider, options.dialect ?? {}),
          ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
          openSession: (graph: Lowered): Promise<Session> => openSession(graph),
        });
        if (provider !== "cpu") await tryOut(engine);
        return engine;
      },
      (error): RuntimeError =>
        unavailable(name, `onnxruntime-node with ${provider} (${oneLine(error)})`, REMEDIES[provider]),
    ),
  };
};

/** A provider that has no device says so when it is first asked to compute. */
const tryOut = async ({ upload, algebra, download }: Engine<OnnxTensor>): Promise<void> => {
  await download("vector", algebra.square(upload("vector", { shape: [1], data: Float32Array.of(2) })));
};

export const onnx = onnxRuntime();
