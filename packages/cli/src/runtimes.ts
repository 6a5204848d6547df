/** The runtimes of the command: those of @tadsr/runtime-node, and `tensorflow`, whose package is optional. */
import { anyRuntime, FLOAT32_EPSILON, type Runtime, runtimeUnavailable } from "@tadsr/core";
import * as node from "@tadsr/runtime-node";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";

export type RuntimeName = node.RuntimeName | "tensorflow";
export type RuntimeChoice = node.RuntimeChoice<RuntimeName>;
export type OpenOptions = node.OpenOptions<RuntimeName>;

/** Its install script would fetch another TensorFlow, and the set-up does not need that. */
const withoutPackage = runtimeUnavailable(
  "tensorflow",
  "@tadsr/runtime-cuda",
  "install it: npm install --ignore-scripts @tadsr/runtime-cuda && npx tadsr-setup-tensorflow",
);

/** The package is imported when the runtime is opened. If TensorFlow itself is missing, the package says so. */
const tensorflow = (options: node.RuntimeOptions): Runtime => ({
  name: "tensorflow",
  epsilon: FLOAT32_EPSILON,
  open: pipe(
    TE.tryCatch(
      () => import("@tadsr/runtime-cuda"),
      () => withoutPackage,
    ),
    TE.chain(({ tensorflowRuntime }) => anyRuntime(tensorflowRuntime(options)).open),
  ),
});

const { reference, cpu, wasm, ...onnx } = node.runtimeEntries;

const entries: node.RuntimeEntries<RuntimeName> = {
  reference,
  cpu,
  wasm,
  tensorflow: { isSingleThreaded: false, make: tensorflow },
  ...onnx,
};

export const runtimeNames = Object.keys(entries) as readonly RuntimeName[];

/** The runtimes that `auto` tries for work that needs gradients, fastest first. */
export const trainingPreference: readonly RuntimeName[] = ["tensorflow", "wasm"];

/** Opens a runtime by its name. `auto` is the first of `onnx`, `tensorflow` and `wasm` that opens. */
export const openRuntime = node.runtimeOpener(entries, ["onnx", "tensorflow", "wasm"]);
