/** The worker's script: what it may run on, in the order in which it is tried. */
import { anyRuntime } from "@tadsr/core";
import { onnxWasm, onnxWebgpu } from "@tadsr/runtime-web";
import { serveUpscaling, type WorkerScope } from "@tadsr/runtime-web/worker-side";

const scope = self as unknown as WorkerScope;
serveUpscaling(scope, { runtimes: () => [onnxWebgpu, onnxWasm].map(anyRuntime) });
