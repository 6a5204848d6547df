/** Opens a TensorFlow.js backend as a runtime. */
import type { Engine, Runtime, RuntimeError } from "@tadsr/core";
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

export interface TfjsRuntime {
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
export const tfjsRuntime = ({ name, backend, register, missing, remedy }: TfjsRuntime): Runtime<Tensor> => ({
  name,
  epsilon: FLOAT32_EPSILON,
  open: TE.tryCatch(
    async (): Promise<Engine<Tensor>> => {
      const { tfjsEngine } = await import("@tadsr/engine-tfjs");
      const tf = await import("@tensorflow/tfjs-core");
      tf.enableProdMode(); // no advertisements on standard error
      await register();
      if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend did not initialise`);
      return tfjsEngine({ name, backend, epsilon: FLOAT32_EPSILON });
    },
    (error) => unavailable(name, `${missing} (${oneLine(error)})`, remedy),
  ),
});
