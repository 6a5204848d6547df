export { cacheFolder } from "./cache-folder.ts";
export { cpu } from "./cpu.ts";
export type { Tell } from "./onnx/model-cache.ts";
export { physicalCores } from "./onnx/processor.ts";
export { fastestDialect, type OnnxOptions, onnx, onnxRuntime } from "./onnx/runtime.ts";
export {
  type NoRuntime,
  type OneThreadOnly,
  type OpenOptions,
  openRuntime,
  type RuntimeChoice,
  runtimeOpener,
} from "./open-runtime.ts";
export { reference } from "./reference.ts";
export type { RuntimeEntries, RuntimeEntry, RuntimeOptions } from "./runtime-entry.ts";
export { type ProcessorRuntime, preference, type RuntimeName, runtimeEntries, runtimes } from "./runtimes.ts";
export { type MemoryFigures, usableBytes, usableMemory } from "./usable-memory.ts";
export { wasm } from "./wasm.ts";
