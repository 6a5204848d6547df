/**
 * WebAssembly with vectors, written as expressions: see `wasm/code.ts`. The project uses it for its own loops over many
 * numbers. Each such loop has a plain loop beside it with the same bits, for platforms without vectors.
 */
export {
  type Int,
  type Kind,
  type Statement,
  together,
  type Value,
  type Vector,
  type WasmFunction,
  wasmFunction,
} from "./wasm/code.ts";
export { instantiate, type WasmInstance } from "./wasm/instance.ts";
export { f32x4, f64x2, i32, i32x4, i64x2, v128 } from "./wasm/instructions.ts";
export { type Count, fold, loop, type Turn } from "./wasm/loops.ts";
