import { anyRuntime, type Runtime } from "@tadsr/core";
import { cpu } from "./cpu.ts";
import type { Tell } from "./onnx/model-cache.ts";
import { fastestDialect, type OnnxOptions, onnx, onnxRuntime } from "./onnx/runtime.ts";
import { reference } from "./reference.ts";
import { tensorflow, tensorflowRuntime } from "./tensorflow.ts";
import { wasm } from "./wasm.ts";

export { cacheFolder } from "./onnx/model-cache.ts";
export { physicalCores } from "./onnx/processor.ts";
export {
  cpu,
  fastestDialect,
  type OnnxOptions,
  onnx,
  onnxRuntime,
  reference,
  type Tell,
  tensorflow,
  tensorflowRuntime,
  wasm,
};

export type RuntimeName = "reference" | "cpu" | "wasm" | "tensorflow" | "onnx" | "onnx-webgpu" | "onnx-cuda";

export interface RuntimeOptions {
  /** Threads that one computation uses: the physical cores where left out. Only some runtimes have more than one. */
  readonly threads?: number;
  /** Compiled computations that `onnx` keeps, one for each size of an input: see `OnnxOptions`. */
  readonly sessions?: number;
  /** Takes what a runtime has to tell, one line each; nothing is told where it is left out. */
  readonly tell?: Tell;
}

/** Those that compute on one thread, whatever they are asked for. */
export const singleThreaded: ReadonlySet<RuntimeName> = new Set(["reference", "cpu", "wasm"]);

/** A runtime of this package. */
export const runtimeWith = (name: RuntimeName, options: RuntimeOptions = {}): Runtime => {
  switch (name) {
    case "reference":
      return anyRuntime(reference);
    case "cpu":
      return anyRuntime(cpu);
    case "wasm":
      return anyRuntime(wasm);
    case "tensorflow":
      return anyRuntime(tensorflowRuntime(options));
    case "onnx":
      return anyRuntime(onnxRuntime(options));
    case "onnx-webgpu":
      return anyRuntime(onnxRuntime({ ...options, provider: "webgpu" }));
    case "onnx-cuda":
      return anyRuntime(onnxRuntime({ ...options, provider: "cuda" }));
  }
};

/** Those that need no device but the processor. */
export type ProcessorRuntime = Exclude<RuntimeName, "onnx-webgpu" | "onnx-cuda">;

/** Every runtime of this package that needs no device but the processor, by its name. */
export const runtimes: Readonly<Record<ProcessorRuntime, Runtime>> = {
  reference: anyRuntime(reference),
  cpu: anyRuntime(cpu),
  wasm: anyRuntime(wasm),
  tensorflow: anyRuntime(tensorflow),
  onnx: anyRuntime(onnx),
};

export const runtimeNames: readonly RuntimeName[] = [
  ...(Object.keys(runtimes) as ProcessorRuntime[]),
  "onnx-webgpu",
  "onnx-cuda",
];

/** What `auto` tries, fastest first. */
export const preference: readonly ProcessorRuntime[] = ["onnx", "tensorflow", "wasm"];

/** The same for what needs gradients. */
export const trainingPreference: readonly ProcessorRuntime[] = ["tensorflow", "wasm"];
