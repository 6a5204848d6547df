/** The script of the worker. */
import { anyRuntime } from "@tadsr/core";
import { onnxWasmRuntime, onnxWebgpuRuntime, webgpu } from "@tadsr/runtime-web";
import { serveUpscaling, type WorkerScope } from "@tadsr/runtime-web/worker-side";

/** The site's folder, one above that of the built scripts. */
const files = new URL(
  import.meta.env.MODE === "development" ? "/onnx-runtime/" : "../onnx-runtime/",
  import.meta.url,
).href;

serveUpscaling(self as unknown as WorkerScope, {
  runtimes: (tell) => [
    anyRuntime(onnxWebgpuRuntime({ files, tell })),
    anyRuntime(webgpu),
    anyRuntime(onnxWasmRuntime({ files, tell })),
  ],
});
