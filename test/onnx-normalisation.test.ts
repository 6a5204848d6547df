/** Group normalisation by ONNX Runtime, for numbers that are far from zero compared with their spread. */
import { type Engine, type NdArray, normal, referenceEngine } from "@tadsr/core";
import type { OnnxTensor } from "@tadsr/engine-onnx";
import { onnxRuntime } from "@tadsr/runtime-node";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relativeError } from "./recorded.ts";

/** Numbers with a standard deviation of 1 around a mean. */
const image = (batch: number, mean: number): NdArray => ({
  shape: [batch, 12, 16, 16],
  data: Float32Array.from(normal({ seed: 4, stream: batch }, 0, batch * 12 * 16 * 16), (x) => mean + x),
});

const vector = (stream: number): NdArray => ({
  shape: [16],
  data: Float32Array.from(normal({ seed: 5, stream }, 0, 16)),
});

const normalised = async <T>({ upload, algebra, download }: Engine<T>, array: NdArray): Promise<NdArray> => {
  const [a, weight, bias] = [
    upload("image", array),
    upload("vector", vector(1), "constant"),
    upload("vector", vector(2), "constant"),
  ] as const;
  return download("image", algebra.groupNorm(a, weight, bias, { groups: 4, epsilon: 1e-6 }));
};

describe("the normalisation of groups on onnx", () => {
  let engine: Engine<OnnxTensor>;
  beforeAll(async () => {
    const opened = await onnxRuntime({ cache: null }).open();
    if (E.isLeft(opened)) throw new Error(opened.left.missing);
    engine = opened.right;
  });
  afterAll(() => engine.close());

  // A variance that is a difference of mean squares has a relative error of float32's times (mean / deviation)^2.
  it.each([
    [1, 0],
    [1, 3],
    [1, -10],
    [1, 30],
    [1, 100],
    [2, 0],
    [2, -10],
    [2, 100],
  ])("of %i samples around %i loses no more digits than the square of that mean", async (batch, mean) => {
    const array = image(batch, mean);
    const error = relativeError(await normalised(engine, array), await normalised(referenceEngine, array));
    expect(error).toBeLessThan(1e-6 + 2e-7 * mean ** 2);
  });
});
