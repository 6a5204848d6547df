/** How much memory an engine takes for what the cost interpreter counts. */
import type { Footprint } from "./tile-cost.ts";

interface EngineMemory {
  /** Bytes it takes for each byte of results. */
  readonly factor: number;
  /** Bytes of attention's scores that it holds at a time at most. */
  readonly scores: number;
  /** Bytes it can address in all. */
  readonly limit: number;
}

const MEBI = 2 ** 20;
const GIBI = 2 ** 30;

/**
 * TensorFlow.js takes attention over a whole image in parts of 2^26 scores. Factors are measured: what the process
 * grows by from one size of tile to another, over what is counted. That is 1.5 to 2.5 on `tensorflow` and 1.6 to 1.8
 * on `wasm`, since kernels unroll, pad and copy what they are given.
 */
const TENSORFLOW: EngineMemory = { factor: 2, scores: 256 * MEBI, limit: Number.POSITIVE_INFINITY };

const ENGINES: Readonly<Record<string, EngineMemory>> = {
  // It holds images in its kernels' layout, too, and convolutions' transforms. It keeps what it allocated for a shape
  // of tile; all tiles of a picture have one.
  onnx: TENSORFLOW,
  tensorflow: TENSORFLOW,
  // WebAssembly's addresses have 32 bits.
  wasm: { ...TENSORFLOW, limit: 4 * GIBI },
  // Arrays are given back when the collector comes to it.
  cpu: { ...TENSORFLOW, factor: 3 },
  // Numbers of 8 bytes; scores of one pixel at a time.
  reference: { factor: 6, scores: 0, limit: Number.POSITIVE_INFINITY },
};

/** An engine that is not known is taken for one like TensorFlow's. */
const memoryOf = (engine: string): EngineMemory => ENGINES[engine] ?? TENSORFLOW;

/** Bytes that the engine takes for one tile, beside the weights. */
export const bytesOfTile = (engine: string, { results, resultsWithScores }: Footprint): number => {
  const { factor, scores } = memoryOf(engine);
  return factor * (results + Math.min(scores, resultsWithScores - results));
};

/** Of so many bytes that the process may use, those that the engine can. */
export const withinReach = (engine: string, bytes: number): number => Math.min(bytes, memoryOf(engine).limit);
