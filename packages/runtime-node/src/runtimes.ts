/** The runtimes of this package, by their names. */
import { anyRuntime, type Runtime } from "@tadsr/core";
import { cpu } from "./cpu.ts";
import { cudaDevices } from "./onnx/cuda-devices.ts";
import type { OnnxProvider } from "./onnx/provider.ts";
import { NO_CHOICE, onnx, onnxRuntime } from "./onnx/runtime.ts";
import { packageVersion } from "./package-version.ts";
import { reference } from "./reference.ts";
import type { DeviceChoice, RuntimeEntries, RuntimeEntry } from "./runtime-entry.ts";
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

const onOneThread = (runtime: Runtime, library?: string): RuntimeEntry => ({
  isSingleThreaded: true,
  ...(library === undefined ? {} : { versions: () => packageVersion(import.meta.url, library) }),
  make: () => runtime,
});

const devicesOf = (provider: OnnxProvider): DeviceChoice =>
  provider === "cuda"
    ? { _tag: "Listed", list: cudaDevices }
    : { _tag: "Refused", because: NO_CHOICE[provider] };

const onOnnx = (provider: OnnxProvider): RuntimeEntry => ({
  isSingleThreaded: false,
  ...(provider === "cpu" ? {} : { isGpu: true }),
  devices: devicesOf(provider),
  versions: () => packageVersion(import.meta.url, "onnxruntime-node"),
  make: (options) => anyRuntime(onnxRuntime({ ...options, provider })),
});

/** Every runtime of this package. */
export const runtimeEntries: RuntimeEntries<RuntimeName> = {
  reference: onOneThread(runtimes.reference),
  cpu: onOneThread(runtimes.cpu, "@tensorflow/tfjs-backend-cpu"),
  wasm: onOneThread(runtimes.wasm, "@tensorflow/tfjs-backend-wasm"),
  onnx: onOnnx("cpu"),
  "onnx-webgpu": onOnnx("webgpu"),
  "onnx-cuda": onOnnx("cuda"),
};

/** The runtimes that `auto` tries, fastest first. */
export const preference: readonly ProcessorRuntime[] = ["onnx", "wasm"];
