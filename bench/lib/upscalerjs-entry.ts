/** UpscalerJS as a side of a comparison. */
import { tensorflowFolder } from "../contenders/upscalerjs.ts";
import type { Entry } from "./process-side.ts";

/** The name of its contender. */
export const UPSCALERJS = "upscalerjs";

/** `side` is that of the picture before upscaling, in pixels; the factor is 4. */
export const upscalerJs = (model: string, backend: "tensorflow" | "wasm", side: number): Entry => ({
  name: `esrgan-${model} on ${backend}`,
  contender: UPSCALERJS,
  settings: { model, backend, side: String(side) },
  // UpscalerJS is faster with oneDNN's kernels, so it gets them, whatever our runtime uses.
  environment: { NODE_PATH: tensorflowFolder, TF_ENABLE_ONEDNN_OPTS: "1", TF_CPP_MIN_LOG_LEVEL: "2" },
});
