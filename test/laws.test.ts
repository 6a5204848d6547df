/** The laws of the algebra on every runtime for Node, and for each way of writing graphs for ONNX Runtime. */
import { anyRuntime, type Engine, type Runtime } from "@tadsr/core";
import { describeLaws } from "@tadsr/laws";
import { type OnnxOptions, onnxRuntime } from "@tadsr/runtime-node";
import * as TE from "fp-ts/lib/TaskEither.js";
import { runtimes } from "./runtimes.ts";

for (const runtime of Object.values(runtimes)) describeLaws(runtime);

/** As networks are run: everything except images is constant, built into the graph and simplified there. */
const builtIn = (runtime: Runtime): Runtime => ({
  ...runtime,
  open: TE.map(
    (engine: Engine<unknown>): Engine<unknown> => ({
      ...engine,
      upload: (kind, array) => engine.upload(kind, array, kind === "image" ? "data" : "constant"),
    }),
  )(runtime.open),
});

const onnxWith = (dialect: OnnxOptions["dialect"] = {}): Runtime =>
  anyRuntime(onnxRuntime({ dialect, cache: null }));

const variants: readonly Runtime[] = [
  { ...builtIn(onnxWith()), name: "onnx, weights built in" },
  { ...builtIn(onnxWith({ winograd: "always" })), name: "onnx, 3x3 convolutions transformed" },
  { ...builtIn(onnxWith({ winograd: "never" })), name: "onnx, 3x3 convolutions as they are" },
  { ...builtIn(onnxWith({ opset: 18 })), name: "onnx, opset 18" },
];

/** On a graphics card, or with a software driver. */
const onWebGpu = anyRuntime(onnxRuntime({ provider: "webgpu", cache: null }));

// Each run is a session of its own. The runtime `onnx` above has all laws with their full number of runs.
for (const runtime of [...variants, onWebGpu]) describeLaws(runtime, { runs: 2 });
