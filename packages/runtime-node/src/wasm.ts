import { tfjsRuntime } from "./tfjs.ts";

/** TensorFlow.js in WebAssembly: one thread, needs nothing but npm. The default where TensorFlow is not. */
export const wasm = tfjsRuntime({
  name: "wasm",
  backend: "wasm",
  register: async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    const { registerWasmGradients } = await import("@tadsr/engine-tfjs");
    registerWasmGradients();
  },
  missing: "@tensorflow/tfjs-backend-wasm",
  remedy: "install again: npx -y pnpm@12 install",
});
