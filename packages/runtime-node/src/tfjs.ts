/** Opens a TensorFlow.js backend as a runtime. */
import type { Engine, EngineMemory, Runtime, RuntimeError } from "@tadsr/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import * as TE from "fp-ts/lib/TaskEither.js";

/** The relative error of one float32 operation: sums of a few hundred products have about this rounding error. */
export const FLOAT32_EPSILON = 1e-6;

export const unavailable = (runtime: string, missing: string, remedy: string): RuntimeError => ({
  _tag: "RuntimeUnavailable",
  runtime,
  missing,
  remedy,
});

const MEBI = 2 ** 20;

/**
 * TensorFlow.js takes attention over a whole image in parts of 2^26 scores. The factor is measured: what the process
 * grows by from one size of tile to another, over what is counted. That is 1.5 to 2.5 on `tensorflow` and 1.6 to 1.8
 * on `wasm`, since kernels unroll, pad and copy what they are given.
 */
export const TENSORFLOW_MEMORY: EngineMemory = {
  factor: 2,
  scores: 256 * MEBI,
  limit: Number.POSITIVE_INFINITY,
};

export interface TfjsRuntime extends Pick<Engine<Tensor>, "memory" | "isSlow"> {
  readonly name: string;
  /** The backend's name in TensorFlow.js. */
  readonly backend: string;
  /** Imports the backend, which registers itself. */
  readonly register: () => Promise<unknown>;
  readonly missing: string;
  readonly remedy: string;
}

export const oneLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";

/** A runtime that imports its backend only when it is opened. */
export const tfjsRuntime = ({
  name,
  backend,
  register,
  missing,
  remedy,
  memory = TENSORFLOW_MEMORY,
  ...rest
}: TfjsRuntime): Runtime<Tensor> => ({
  name,
  epsilon: FLOAT32_EPSILON,
  open: TE.tryCatch(
    async (): Promise<Engine<Tensor>> => {
      const { tfjsEngine } = await import("@tadsr/engine-tfjs");
      const tf = await import("@tensorflow/tfjs-core");
      tf.enableProdMode(); // no advertisements on standard error
      await register();
      if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend did not initialise`);
      return tfjsEngine({ name, backend, epsilon: FLOAT32_EPSILON, memory, ...rest });
    },
    (error) => unavailable(name, `${missing} (${oneLine(error)})`, remedy),
  ),
});
