/** The runtimes of this package, by their names. */
import { anyRuntime, type Runtime } from "@tadsr/core";
import { cpu } from "./cpu.ts";
import type { OnnxProvider } from "./onnx/provider.ts";
import { onnx, onnxRuntime } from "./onnx/runtime.ts";
import { reference } from "./reference.ts";
import type { RuntimeEntries, RuntimeEntry } from "./runtime-entry.ts";
import { wasm } from "./wasm.ts";

/** The names of the runtimes that need only the processor. */
export type ProcessorRuntime = "reference" | "cpu" | "wasm" | "onnx";

export type RuntimeName = ProcessorRuntime | "onnx-webgpu" | "onnx-cuda";

/** Every runtime of this package that needs only the processor, by its name. */
export const runtimes: Readonly<Record<ProcessorRuntime, Runtime>> = {
  reference: anyRuntime(reference),
  cpu,
  wasm,
  onnx: anyRuntime(onnx),
};

const onOneThread = (runtime: Runtime): RuntimeEntry => ({ isSingleThreaded: true, make: () => runtime });
const onOnnx = (provider: OnnxProvider): RuntimeEntry => ({
  isSingleThreaded: false,
  make: (options) => anyRuntime(onnxRuntime({ ...options, provider })),
});

/** Every runtime of this package. */
export const runtimeEntries: RuntimeEntries<RuntimeName> = {
  reference: onOneThread(runtimes.reference),
  cpu: onOneThread(runtimes.cpu),
  wasm: onOneThread(runtimes.wasm),
  onnx: onOnnx("cpu"),
  "onnx-webgpu": onOnnx("webgpu"),
  "onnx-cuda": onOnnx("cuda"),
};

/** The runtimes that `auto` tries, fastest first. */
export const preference: readonly ProcessorRuntime[] = ["onnx", "wasm"];
