/** A computation that is large enough for its optimised graph to be kept, on onnx and in float64. */
import { type Engine, elements, type NdArray, normal, referenceEngine } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { onnxRuntime } from "../src/index.ts";

const SIDE = 64;
const padding = { top: 1, bottom: 1, left: 1, right: 1 };

const array = (seed: number, shape: readonly number[]): NdArray => ({
  shape,
  data: Float32Array.from(normal({ seed, stream: shape.length }, 0, elements(shape))),
});

/** Two convolutions on 64 x 64 pixels, with weights drawn from the seed: [1, 64, 64, 2]. */
const computeLarge = async <T>({ upload, algebra, download }: Engine<T>, seed = 1): Promise<NdArray> => {
  const options = { stride: 1, padding };
  const image = upload("image", array(7, [1, SIDE, SIDE, 2]));
  const first = upload("convolution", array(seed, [32, 2, 3, 3]), "constant");
  const second = upload("convolution", array(seed + 1, [2, 32, 3, 3]), "constant");
  const hidden = algebra.silu(algebra.conv2d(image, first, null, options));
  return download("image", algebra.conv2d(hidden, second, null, options));
};

let expected: Promise<NdArray> | null = null;

/** The same in float64, with seed 1; computed once. */
export const expectedLarge = (): Promise<NdArray> => {
  expected ??= computeLarge(referenceEngine);
  return expected;
};

export interface Outcome {
  readonly result: NdArray;
  readonly told: readonly string[];
}

/** Opens the runtime with that cache for each seed, computes, and returns the last result. */
export const computeWithCache = async (
  cache: string | null,
  seeds: readonly number[] = [1],
): Promise<Outcome> => {
  const told: string[] = [];
  const opened = await onnxRuntime({ cache, tell: (line) => told.push(line) }).open();
  if (E.isLeft(opened)) throw new Error(opened.left.missing);
  const engine = opened.right;
  let result: NdArray = { shape: [], data: new Float32Array() };
  for (const seed of seeds) result = await computeLarge(engine, seed);
  await engine.close();
  return { result, told };
};
