/** ONNX Runtime in WebAssembly, on the graphs that the page itself compiles. */
import { type Engine, lazyRuntime, type Runtime } from "@tadsr/core";
import type { OnnxTensor } from "@tadsr/engine-onnx";
import { FILES_REMEDY, type OnnxWebOptions, openOnnxEngine } from "./onnx-engine.ts";
import { startingOnce } from "./onnx-library.ts";

export interface OnnxWasmOptions extends OnnxWebOptions {
  /**
   * The number of threads for one computation, by default one for each of the processor's, at most 8. More than one needs
   * a page that is cross-origin isolated.
   */
  readonly threads?: number;
}

/** More threads wait for each other more than they save. */
const MOST_THREADS = 8;

const ONE_THREAD =
  "onnx-wasm computes on one thread, since the page is not cross-origin isolated; serve it with the headers " +
  "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";

interface Page {
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

const threadsFor = ({ threads, tell }: OnnxWasmOptions): number => {
  const { crossOriginIsolated, navigator } = globalThis as Page;
  const wanted = threads ?? Math.min(MOST_THREADS, navigator?.hardwareConcurrency ?? 1);
  if (wanted > 1 && crossOriginIsolated !== true) tell?.(ONE_THREAD);
  return crossOriginIsolated === true ? wanted : 1;
};

const start = startingOnce(() => import("onnxruntime-web/wasm"));

const load = async (options: OnnxWasmOptions): Promise<Engine<OnnxTensor>> =>
  openOnnxEngine({
    name: "onnx-wasm",
    started: await start({ threads: threadsFor(options), files: options.files ?? null }),
    providers: ["wasm"],
    // Vectors of 128 bits make products slow and leave memory fast. Measured: tiny-x4 takes 0.6 of the processor's time.
    winograd: "always",
    limit: 2 ** 32, // WebAssembly's addresses have 32 bits.
    guard: (work) => work(),
    sessions: options.sessions,
  });

export const onnxWasmRuntime = (options: OnnxWasmOptions = {}): Runtime<OnnxTensor> =>
  lazyRuntime({
    name: "onnx-wasm",
    load: () => load(options),
    missing: "ONNX Runtime in WebAssembly",
    remedy: FILES_REMEDY,
  });

/** ONNX Runtime in WebAssembly. It runs in every browser. */
export const onnxWasm = onnxWasmRuntime();
