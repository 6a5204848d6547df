import { tensorflowJs } from "./tensorflow-js.ts";

/** TensorFlow.js in WebAssembly, on one thread. */
export const wasm = tensorflowJs({
  name: "wasm",
  // WebAssembly's addresses have 32 bits.
  memory: { limit: 2 ** 32 },
  register: async () => {
    await import("@tensorflow/tfjs-backend-wasm");
    const { registerWasmGradients } = await import("@tadsr/engine-tfjs");
    registerWasmGradients();
  },
});
