export type { OnnxWebOptions } from "./onnx-engine.ts";
export { type OnnxWasmOptions, onnxWasm, onnxWasmRuntime } from "./onnx-wasm.ts";
export { onnxWebgpu, onnxWebgpuRuntime } from "./onnx-webgpu.ts";
export { webgpu } from "./webgpu.ts";
