import { TENSORFLOW_MEMORY, tfjsRuntime } from "./tfjs.ts";

/** TensorFlow.js in plain JavaScript. It runs everywhere, and computes every sum in the same order. */
export const cpu = tfjsRuntime({
  name: "cpu",
  backend: "cpu",
  // Arrays are given back when the collector comes to it.
  memory: { ...TENSORFLOW_MEMORY, factor: 3 },
  isSlow: true,
  register: () => import("@tensorflow/tfjs-backend-cpu"),
  missing: "@tensorflow/tfjs-backend-cpu",
  remedy: "install again: npx -y pnpm@12 install",
});
