/** What computes; the others than the CPU where the installed ONNX Runtime has them. */
export type OnnxProvider = "cpu" | "webgpu" | "cuda";
