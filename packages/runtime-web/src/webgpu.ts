import { lazyRuntime, type Runtime } from "@tadsr/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { gpuOfPage, remediesInBrowser, requestDevice } from "./request-device.ts";
import { webgpuEngine } from "./webgpu-engine.ts";

/** TensorFlow.js on the graphics card, with gradients. Everything is computed there, small tensors too. */
export const webgpu: Runtime<Tensor> = lazyRuntime({
  name: "webgpu",
  load: async () => webgpuEngine(await requestDevice(gpuOfPage(), remediesInBrowser)),
  missing: "TensorFlow.js on WebGPU",
  remedy: remediesInBrowser.device,
});
