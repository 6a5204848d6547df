import { tensorflowJs } from "./tensorflow-js.ts";

/** TensorFlow.js in plain JavaScript. It runs everywhere, and computes every sum in the same order. */
export const cpu = tensorflowJs({
  name: "cpu",
  // Arrays are given back when the collector comes to it.
  memory: { factor: 3 },
  isSlow: true,
  register: () => import("@tensorflow/tfjs-backend-cpu"),
});
