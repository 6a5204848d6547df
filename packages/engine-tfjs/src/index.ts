export { tfjsAlgebra } from "./algebra.ts";
export { type TfjsOptions, tfjsEngine } from "./engine.ts";
export { openBackend, type TfjsBackend } from "./open-backend.ts";
export { registerWasmGradients } from "./wasm-gradients.ts";
