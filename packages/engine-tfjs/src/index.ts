export { tfjsAlgebra } from "./algebra.ts";
export { type TfjsOptions, tfjsEngine } from "./engine.ts";
export { registerWasmGradients } from "./wasm-gradients.ts";
