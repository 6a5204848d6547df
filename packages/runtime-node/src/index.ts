import { anyRuntime, type Runtime } from "@tadsr/core";
import { cpu } from "./cpu.ts";
import { type OnnxOptions, onnx, onnxRuntime } from "./onnx/runtime.ts";
import { reference } from "./reference.ts";
import { tensorflow } from "./tensorflow.ts";
import { wasm } from "./wasm.ts";

export { physicalCores } from "./onnx/processor.ts";
export { cpu, type OnnxOptions, onnx, onnxRuntime, reference, tensorflow, wasm };

export type RuntimeName = "reference" | "cpu" | "wasm" | "tensorflow" | "onnx";

/** Every runtime of this package by its name. */
export const runtimes: Readonly<Record<RuntimeName, Runtime>> = {
  reference: anyRuntime(reference),
  cpu: anyRuntime(cpu),
  wasm: anyRuntime(wasm),
  tensorflow: anyRuntime(tensorflow),
  onnx: anyRuntime(onnx),
};

/** What `auto` tries, fastest first. */
export const preference: readonly RuntimeName[] = ["onnx", "tensorflow", "wasm"];
