/**
 * The runtimes of the command: those of @tadsr/runtime-node, and `tensorflow` and `webgpu`, whose packages are optional.
 */
import { anyRuntime, FLOAT32_EPSILON, type Runtime, runtimeUnavailable } from "@tadsr/core";
import * as node from "@tadsr/runtime-node";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { type AutoOptions, autoOpener } from "./auto-runtime.ts";
import { VERSION } from "./version.ts";

export type RuntimeName = node.RuntimeName | "tensorflow" | "webgpu";
export type RuntimeChoice = node.RuntimeChoice<RuntimeName>;
export type OpenOptions = AutoOptions<RuntimeName>;

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

const webgpu = ({ device }: node.RuntimeOptions): Runtime =>
  optional(
    "webgpu",
    () => import("@tadsr/runtime-web/dawn"),
    ({ dawnRuntime }) => anyRuntime(dawnRuntime(device === undefined ? {} : { device })),
    ["@tadsr/runtime-web", "install it: npm install @tadsr/runtime-web webgpu"],
  );

/** The graphics cards that `webgpu` can choose; none if its package is not installed. */
const webgpuDevices = async (): Promise<readonly string[]> => {
  const dawn = await import("@tadsr/runtime-web/dawn").catch(() => null);
  return dawn === null ? [] : dawn.dawnDevices();
};

const { reference, cpu, wasm, ...onnx } = node.runtimeEntries;

export const runtimeEntries: node.RuntimeEntries<RuntimeName> = {
  reference,
  cpu,
  wasm,
  tensorflow: {
    isSingleThreaded: false,
    devices: {
      _tag: "Refused",
      because: "TensorFlow takes the first that CUDA shows it; set CUDA_VISIBLE_DEVICES instead",
    },
    versions: () =>
      node.packageVersion(import.meta.url, "@tadsr/runtime-cuda", "@tensorflow/tfjs-node-gpu/package.json"),
    make: tensorflow,
  },
  ...onnx,
  webgpu: {
    isSingleThreaded: true,
    isGpu: true,
    devices: { _tag: "Listed", list: webgpuDevices },
    versions: () => node.packageVersion(import.meta.url, "@tadsr/runtime-web/dawn", "webgpu"),
    make: webgpu,
  },
};

export const runtimeNames = Object.keys(runtimeEntries) as readonly RuntimeName[];

/** The runtimes that `auto` tries for each work, fastest first. */
export const preferences: Readonly<Record<node.Work, readonly RuntimeName[]>> = {
  upscaling: ["onnx", "tensorflow", "wasm"],
  training: ["tensorflow", "wasm"],
};

/** What the measured figures depend on. */
const circumstances = (): readonly string[] => node.circumstancesOf(runtimeEntries, `tadsr ${VERSION}`);

/**
 * Opens a runtime by its name. `auto` is the first of `preferences` that opens, or a graphics card if `tadsr doctor` has
 * measured it to be clearly faster.
 */
export const openRuntime = autoOpener(runtimeEntries, preferences, () =>
  node.keptFigures(node.cacheFolder(process.env), circumstances),
);
