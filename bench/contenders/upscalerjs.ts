/**
 * UpscalerJS with one of its models, with the factor 4, from RGB bytes to RGB bytes, not in patches.
 *
 * Settings: `model` (slim, medium or thick), `backend` (tensorflow or wasm), `side` (of the picture, in pixels).
 *
 * It is installed separately (package.json of this folder's parent) and without its own TensorFlow.js. Its process
 * starts with NODE_PATH set to `tensorflowFolder`, so that it runs on the workspace's TensorFlow.js, with TensorFlow's
 * own kernels.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { failed, missing } from "../lib/bench-error.ts";
import type { Contender } from "../lib/contender.ts";
import { photograph } from "../lib/photograph.ts";
import { benchFolder, root } from "../lib/places.ts";
import { runtimes } from "../lib/runtimes.ts";

/** The part of TensorFlow.js that is used here. */
interface TensorFlow {
  readonly tensor3d: (data: Uint8Array, shape: readonly number[], type: "int32") => Tensor;
  readonly setBackend: (name: string) => Promise<boolean>;
}

interface Tensor {
  readonly shape: readonly number[];
  readonly data: () => Promise<Float32Array>;
  readonly dispose: () => void;
}

interface Upscaler {
  readonly ready: Promise<unknown>;
  readonly upscale: (picture: Tensor, options: { readonly output: "tensor" }) => Promise<Tensor>;
}

type UpscalerJs = new (options: { readonly model: unknown }) => Upscaler;

export const tensorflowFolder = join(root, "packages", "runtime-cuda", "node_modules");

export const contender: Contender = (settings) => async () => {
  const { model = "", backend = "", side = "256" } = settings;
  // Opened through our runtime, which loads the library, or says what is missing.
  for (const name of ["tensorflow", "wasm"] as const) {
    const opened = await runtimes[name].open();
    if (E.isLeft(opened)) return E.left(missing(opened.left.missing, opened.left.remedy));
  }
  const require = createRequire(join(benchFolder, "package.json"));
  const requireTensorFlow = createRequire(join(tensorflowFolder, "here.js"));
  const tf = requireTensorFlow("@tensorflow/tfjs-node-gpu") as TensorFlow;
  if (!(await tf.setBackend(backend))) return E.left(failed(`the backend ${backend} did not start`));
  const UpscalerJs = require("upscaler/node-gpu") as UpscalerJs;
  const upscaler = new UpscalerJs({ model: require(`@upscalerjs/esrgan-${model}/4x`) as unknown });
  await upscaler.ready;
  const { width, height, channels, data } = photograph(Number(side), Number(side));
  return E.right({
    run: async () => {
      const input = tf.tensor3d(data, [height, width, channels], "int32");
      const output = await upscaler.upscale(input, { output: "tensor" });
      const bytes = new Uint8ClampedArray(await output.data());
      if (bytes.length !== data.length * 16) throw new Error(`the result is of ${output.shape.join(" x ")}`);
      input.dispose();
      output.dispose();
      return bytes;
    },
  });
};
