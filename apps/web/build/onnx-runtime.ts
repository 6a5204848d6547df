/** ONNX Runtime's own files, which it loads by their names. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ExtraFiles } from "./extra-files.ts";

/** In WebAssembly, and on WebGPU. */
const BUILDS = ["ort-wasm-simd-threaded", "ort-wasm-simd-threaded.asyncify"];
const FOLDER = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/wasm")));

/** Under `onnx-runtime/`. */
export const onnxRuntimeFiles = (): ExtraFiles =>
  new Map(
    BUILDS.flatMap((build) => [`${build}.mjs`, `${build}.wasm`]).map((file) => [
      `onnx-runtime/${file}`,
      () => readFile(join(FOLDER, file)),
    ]),
  );
