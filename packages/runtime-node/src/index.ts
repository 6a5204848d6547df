export { cacheFolder } from "./cache-folder.ts";
export { cpu } from "./cpu.ts";
export { CLEAR_MARGIN, fasterFirst } from "./faster-first.ts";
export {
  circumstancesOf,
  FIGURES_FILE,
  type Figure,
  type FiguresUnwritable,
  keepFigures,
  keptFigures,
  type Work,
} from "./figures.ts";
export type { Tell } from "./onnx/model-cache.ts";
export { physicalCores } from "./onnx/processor.ts";
export { fastestDialect, type OnnxOptions, onnx, onnxRuntime } from "./onnx/runtime.ts";
export {
  type NoDeviceChoice,
  type NoRuntime,
  type NotOpened,
  type OneThreadOnly,
  type OpenOptions,
  openRuntime,
  type RuntimeChoice,
  runtimeOpener,
} from "./open-runtime.ts";
export { packageVersion } from "./package-version.ts";
export { reference } from "./reference.ts";
export type { DeviceChoice, RuntimeEntries, RuntimeEntry, RuntimeOptions } from "./runtime-entry.ts";
export { type ProcessorRuntime, preference, type RuntimeName, runtimeEntries, runtimes } from "./runtimes.ts";
export { type MemoryFigures, usableBytes, usableMemory } from "./usable-memory.ts";
export { wasm } from "./wasm.ts";
