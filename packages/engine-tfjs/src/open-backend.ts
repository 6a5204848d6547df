/** Opens a TensorFlow.js backend as an engine. */
import { type Engine, type EngineMemory, FLOAT32_EPSILON } from "@tadsr/core";
import * as tf from "@tensorflow/tfjs-core";
import { tfjsEngine } from "./engine.ts";

const MEBI = 2 ** 20;

/**
 * TensorFlow.js takes attention over a whole image in parts of 2^26 scores. The factor is measured: what the process
 * grows by from one size of tile to another, over what is counted. That is 1.5 to 2.5 on `tensorflow` and 1.6 to 1.8
 * on `wasm`, since kernels unroll, pad and copy what they are given.
 */
const MEMORY: EngineMemory = {
  factor: 2,
  scores: 256 * MEBI,
  limit: Number.POSITIVE_INFINITY,
};

export interface TfjsBackend {
  /** The engine's name. */
  readonly name: string;
  /** The backend's name in TensorFlow.js. */
  readonly backend: string;
  /** Imports the backend, which registers itself. */
  readonly register: () => Promise<unknown>;
  /** In what its memory differs from that of TensorFlow.js' other backends. */
  readonly memory?: Partial<EngineMemory>;
  readonly isSlow?: true;
}

/**
 * Makes the backend, unless it is there. If TensorFlow.js itself waited for it, no other backend could compute meanwhile.
 */
const start = async (backend: string): Promise<void> => {
  if (backend in tf.engine().registry) return;
  const made = await tf.findBackendFactory(backend)();
  tf.removeBackend(backend);
  tf.registerBackend(backend, () => made);
};

const open = async ({
  name,
  backend,
  register,
  memory = {},
  ...rest
}: TfjsBackend): Promise<Engine<tf.Tensor>> => {
  tf.enableProdMode(); // no advertisements on standard error
  await register();
  await start(backend);
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend did not initialise`);
  return tfjsEngine({ name, backend, epsilon: FLOAT32_EPSILON, memory: { ...MEMORY, ...memory }, ...rest });
};

// One backend is not made twice.
let last: Promise<unknown> = Promise.resolve();

/**
 * Imports a backend and waits until it works. The promise is rejected if it does not. Engines on other backends may be
 * open, and compute meanwhile.
 */
export const openBackend = (options: TfjsBackend): Promise<Engine<tf.Tensor>> => {
  const opened = last.then(() => open(options));
  last = opened.catch(() => undefined);
  return opened;
};
