/** What runs a model, in words. */

export const RUNTIMES = [
  { name: "auto", text: "Automatic" },
  { name: "onnx-webgpu", text: "Graphics card (ONNX Runtime)" },
  { name: "webgpu", text: "Graphics card (TensorFlow.js)" },
  { name: "onnx-wasm", text: "Processor (WebAssembly)" },
] as const;

export type RuntimeName = (typeof RUNTIMES)[number]["name"];

const INSIDE = new Map([
  ["onnx-webgpu", "the graphics card (onnx-webgpu)"],
  ["webgpu", "the graphics card (webgpu)"],
  ["onnx-wasm", "the processor (onnx-wasm)"],
]);

/** As it stands within a sentence. */
export const nameOfRuntime = (name: string): string => INSIDE.get(name) ?? name;
