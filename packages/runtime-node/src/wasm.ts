import { TENSORFLOW_MEMORY, tfjsRuntime } from "./tfjs.ts";

/** TensorFlow.js in WebAssembly, on one thread. It needs only npm. It is the default if TensorFlow is missing. */
export const wasm = tfjsRuntime({
  name: "wasm",
  backend: "wasm",
  // WebAssembly's addresses have 32 bits.
  memory: { ...TENSORFLOW_MEMORY, limit: 2 ** 32 },
  register: async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    const { registerWasmGradients } = await import("@tadsr/engine-tfjs");
    registerWasmGradients();
  },
  missing: "@tensorflow/tfjs-backend-wasm",
  remedy: "install again: npx -y pnpm@12 install",
});
