/** UpscalerJS as a side of a comparison. */
import { tensorflowFolder } from "../contenders/upscalerjs.ts";
import type { Entry } from "./process-side.ts";

/** The contender that it is. */
export const UPSCALERJS = "upscalerjs";

/** `side` is of the picture that is enlarged, in pixels; four times as much comes out. */
export const upscalerJs = (model: string, backend: "tensorflow" | "wasm", side: number): Entry => ({
  name: `esrgan-${model} on ${backend}`,
  contender: UPSCALERJS,
  settings: { model, backend, side: String(side) },
  // oneDNN's kernels, whatever our runtime chooses for itself: UpscalerJS is faster with them.
  environment: { NODE_PATH: tensorflowFolder, TF_ENABLE_ONEDNN_OPTS: "1", TF_CPP_MIN_LOG_LEVEL: "2" },
});
