/** ONNX Runtime on the graphics card, on the graphs that the page itself compiles. */
import { type Engine, lazyRuntime, type Runtime } from "@tadsr/core";
import type { OnnxTensor } from "@tadsr/engine-onnx";
import type { InferenceSession } from "onnxruntime-web";
import { FILES_REMEDY, type OnnxWebOptions, openOnnxEngine } from "./onnx-engine.ts";
import { startingOnce } from "./onnx-library.ts";
import { gpuOfPage, remediesInBrowser, requestDevice } from "./request-device.ts";
import { mostBytes, watchDevice } from "./watched-device.ts";

/** What makes its kernels faster on cards that have it. */
const FEATURES = ["shader-f16", "subgroups"];

const ON_PROCESSOR =
  "onnx-webgpu computes a part of the network on the processor, since ONNX Runtime has no kernels for it on graphics cards";

const start = startingOnce(() => import("onnxruntime-web/webgpu"));

const load = async ({ files, sessions, tell }: OnnxWebOptions): Promise<Engine<OnnxTensor>> => {
  // What the graphics card does needs no threads of the processor.
  const started = await start({ threads: 1, files: files ?? null });
  const { device } = await requestDevice(gpuOfPage(), remediesInBrowser, FEATURES);
  // An error thrown while it makes a buffer would leave its WebAssembly module in the middle of a call.
  const watched = watchDevice(device, { throwing: false });
  const provider = { name: "webgpu", device } as unknown as InferenceSession.ExecutionProviderConfig;
  let isTold = false;
  const onProcessor = (): void => {
    if (!isTold) tell?.(ON_PROCESSOR);
    isTold = true;
  };
  return openOnnxEngine({
    name: "onnx-webgpu",
    started,
    providers: [provider],
    winograd: "never", // Graphics cards have their own fast convolutions.
    limit: mostBytes(device),
    guard: watched.guard,
    sessions,
    onProcessor,
    close: async () => watched.close(),
  });
};

export const onnxWebgpuRuntime = (options: OnnxWebOptions = {}): Runtime<OnnxTensor> =>
  lazyRuntime({
    name: "onnx-webgpu",
    load: () => load(options),
    missing: "ONNX Runtime on WebGPU",
    remedy: FILES_REMEDY,
  });

/** ONNX Runtime on the graphics card. */
export const onnxWebgpu = onnxWebgpuRuntime();
