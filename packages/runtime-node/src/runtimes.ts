/** The runtimes of this package, by their names. */
import { anyRuntime, type Runtime } from "@tadsr/core";
import { cpu } from "./cpu.ts";
import type { Tell } from "./onnx/model-cache.ts";
import { onnx, onnxRuntime } from "./onnx/runtime.ts";
import { reference } from "./reference.ts";
import { tensorflow, tensorflowRuntime } from "./tensorflow.ts";
import { wasm } from "./wasm.ts";

export type RuntimeName = "reference" | "cpu" | "wasm" | "tensorflow" | "onnx" | "onnx-webgpu" | "onnx-cuda";

export interface RuntimeOptions {
  /**
   * The number of threads for one computation, by default the physical cores. Only some runtimes have more than one.
   */
  readonly threads?: number;
  /** The number of compiled computations that `onnx` keeps, one for each size of an input: see `OnnxOptions`. */
  readonly sessions?: number;
  /** Gets the messages of a runtime, one line each. By default there are none. */
  readonly tell?: Tell;
}

/** The runtimes that always compute on one thread. */
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

/** The names of the runtimes that need only the processor. */
export type ProcessorRuntime = Exclude<RuntimeName, "onnx-webgpu" | "onnx-cuda">;

/** Every runtime of this package that needs only the processor, by its name. */
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

/** The runtimes that `auto` tries, fastest first. */
export const preference: readonly ProcessorRuntime[] = ["onnx", "tensorflow", "wasm"];

/** The same for work that needs gradients. */
export const trainingPreference: readonly ProcessorRuntime[] = ["tensorflow", "wasm"];
