/** What both of ONNX Runtime's builds have in common. */
import { type Engine, type EngineMemory, FLOAT32_EPSILON } from "@tadsr/core";
import type { Dialect, OnnxTensor } from "@tadsr/engine-onnx";
import type { InferenceSession } from "onnxruntime-web";
import type { StartedLibrary } from "./onnx-library.ts";

/** Options of both. */
export interface OnnxWebOptions {
  /**
   * The address of a folder with onnxruntime-web's files: `ort-wasm-simd-threaded.mjs` and `.wasm`, and for the graphics
   * card `ort-wasm-simd-threaded.asyncify.mjs` and `.wasm`. By default they lie where the library's code lies.
   */
  readonly files?: string;
  /** How many compiled computations are kept, the latest used; 12 by default. There is one for each size of an input. */
  readonly sessions?: number;
  /** Gets messages, one line each. By default there are none. */
  readonly tell?: (line: string) => void;
}

export interface OnnxWebEngine {
  readonly name: string;
  readonly started: StartedLibrary;
  readonly providers: InferenceSession.SessionOptions["executionProviders"];
  readonly winograd: Dialect["winograd"];
  /** As in `EngineMemory`. */
  readonly limit: number;
  /** Gives the library's errors in words, and ends waiting that would have no end. */
  readonly guard: <A>(work: () => Promise<A>) => Promise<A>;
  readonly sessions: number | undefined;
  /** As of `SessionSettings`. */
  readonly onProcessor?: () => void;
  readonly close?: () => Promise<void>;
}

const SCORES = 2 ** 28;

/** The same figures as of TensorFlow.js: kernels unroll, pad and copy what they are given. */
const memoryWithin = (limit: number): EngineMemory => ({ factor: 2, scores: Math.min(SCORES, limit), limit });

/** Computes once, since only this shows whether the library's files are there and the device works. */
const tryOut = async (engine: Engine<OnnxTensor>): Promise<Engine<OnnxTensor>> => {
  const { upload, algebra, download, release } = engine;
  try {
    const two = upload("vector", { shape: [1], data: Float32Array.of(2) });
    const four = algebra.square(two);
    await download("vector", four);
    release([two, four]);
    return engine;
  } catch (thrown) {
    await engine.close().catch(() => undefined);
    throw thrown;
  }
};

export const openOnnxEngine = async ({
  name,
  started,
  providers,
  winograd,
  limit,
  guard,
  sessions,
  onProcessor,
  close,
}: OnnxWebEngine): Promise<Engine<OnnxTensor>> => {
  const { onnxEngine } = await import("@tadsr/engine-onnx");
  const { sessionOpener } = await import("./onnx-sessions.ts");
  const options: InferenceSession.SessionOptions = {
    ...(providers === undefined ? {} : { executionProviders: providers }),
    graphOptimizationLevel: "all",
    logSeverityLevel: 4, // Only what ends the program. Errors are thrown.
  };
  return tryOut(
    onnxEngine({
      name,
      epsilon: FLOAT32_EPSILON,
      memory: memoryWithin(limit),
      dialect: { opset: 20, winograd, openSizes: false },
      ...(sessions === undefined ? {} : { sessions }),
      openSession: sessionOpener({
        ...started,
        options,
        guard,
        ...(onProcessor === undefined ? {} : { onProcessor }),
      }),
      ...(close === undefined ? {} : { close }),
    }),
  );
};

/** What to do if the library does not start. */
export const FILES_REMEDY =
  "serve onnxruntime-web's .mjs and .wasm files, name their folder in the option `files`, and look at the console";
