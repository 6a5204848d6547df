/** What computes. Those other than the CPU need an ONNX Runtime that has them. */
export type OnnxProvider = "cpu" | "webgpu" | "cuda";
