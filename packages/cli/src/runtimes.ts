/**
 * The runtimes of the command: those of @tadsr/runtime-node, and `tensorflow` and `webgpu`, whose packages are optional.
 */
import { anyRuntime, FLOAT32_EPSILON, type Runtime, runtimeUnavailable } from "@tadsr/core";
import * as node from "@tadsr/runtime-node";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";

export type RuntimeName = node.RuntimeName | "tensorflow" | "webgpu";
export type RuntimeChoice = node.RuntimeChoice<RuntimeName>;
export type OpenOptions = node.OpenOptions<RuntimeName>;

/** A runtime whose package is imported when it is opened. If more is missing, the package says so. */
const optional = <Package>(
  name: RuntimeName,
  load: () => Promise<Package>,
  runtime: (loaded: Package) => Runtime,
  [missing, remedy]: readonly [missing: string, remedy: string],
): Runtime => ({
  name,
  epsilon: FLOAT32_EPSILON,
  open: pipe(
    TE.tryCatch(load, () => runtimeUnavailable(name, missing, remedy)),
    TE.chain((loaded) => runtime(loaded).open),
  ),
});

const tensorflow = (options: node.RuntimeOptions): Runtime =>
  optional(
    "tensorflow",
    () => import("@tadsr/runtime-cuda"),
    ({ tensorflowRuntime }) => anyRuntime(tensorflowRuntime(options)),
    // Its install script would fetch another TensorFlow, and the set-up does not need that.
    [
      "@tadsr/runtime-cuda",
      "install it: npm install --ignore-scripts @tadsr/runtime-cuda && npx tadsr-setup-tensorflow",
    ],
  );

const webgpu = (): Runtime =>
  optional(
    "webgpu",
    () => import("@tadsr/runtime-web/dawn"),
    (dawn) => anyRuntime(dawn.webgpu),
    ["@tadsr/runtime-web", "install it: npm install @tadsr/runtime-web webgpu"],
  );

const { reference, cpu, wasm, ...onnx } = node.runtimeEntries;

const entries: node.RuntimeEntries<RuntimeName> = {
  reference,
  cpu,
  wasm,
  tensorflow: { isSingleThreaded: false, make: tensorflow },
  ...onnx,
  webgpu: { isSingleThreaded: true, make: webgpu },
};

export const runtimeNames = Object.keys(entries) as readonly RuntimeName[];

/** The runtimes that `auto` tries for work that needs gradients, fastest first. */
export const trainingPreference: readonly RuntimeName[] = ["tensorflow", "wasm"];

/** Opens a runtime by its name. `auto` is the first of `onnx`, `tensorflow` and `wasm` that opens. */
export const openRuntime = node.runtimeOpener(entries, ["onnx", "tensorflow", "wasm"]);
