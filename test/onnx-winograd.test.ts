/** Convolutions with fewer products (Winograd's method): which ones are written so, and that results stay the same. */
import {
  type ConvolutionOptions,
  type Engine,
  elements,
  type NdArray,
  normal,
  type Padding,
  type ReferenceTensor,
  referenceAlgebra,
} from "@tadsr/core";
import { type Dialect, given, lower, nodeCounts, type OnnxTensor, termAlgebra } from "@tadsr/engine-onnx";
import { onnxRuntime } from "@tadsr/runtime-node";
import * as fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relativeError } from "./recorded.ts";

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: Padding;
  readonly bias: boolean;
  readonly seed: number;
}

const around = (pixels: number): Padding => ({ top: pixels, bottom: pixels, left: pixels, right: pixels });

/** A convolution that is transformed. */
const plain: Case = {
  batch: 1,
  height: 8,
  width: 12,
  inputs: 3,
  outputs: 5,
  kernel: 3,
  stride: 1,
  padding: around(1),
  bias: true,
  seed: 1,
};

interface Arrays {
  readonly image: NdArray;
  readonly weight: NdArray;
  readonly bias: NdArray | null;
  readonly options: ConvolutionOptions;
}

const arraysOf = ({ seed, stride, padding, ...sizes }: Case): Arrays => {
  const array = (stream: number, shape: readonly number[]): NdArray => ({
    shape,
    data: Float32Array.from(normal({ seed, stream }, 0, elements(shape))),
  });
  return {
    image: array(1, [sizes.batch, sizes.height, sizes.width, sizes.inputs]),
    weight: array(2, [sizes.outputs, sizes.inputs, sizes.kernel, sizes.kernel]),
    bias: sizes.bias ? array(3, [sizes.outputs]) : null,
    options: { stride, padding },
  };
};

const inFloat64 = ({ image, weight, bias, options }: Arrays): ReferenceTensor => {
  const wide = ({ shape, data }: NdArray): ReferenceTensor => ({ shape, data: Float64Array.from(data) });
  return referenceAlgebra.conv2d(wide(image), wide(weight), bias === null ? null : wide(bias), options);
};

const DIALECT: Omit<Dialect, "winograd"> = { opset: 20, openSizes: false };

/** The number of nodes of each operator, with the kernel built in or as an input. */
const counts = (
  { image, weight, bias, options }: Arrays,
  winograd: Dialect["winograd"],
  use: "constant" | "data" = "constant",
) => {
  const term = termAlgebra.conv2d(
    given("image", image, "data"),
    given("convolution", weight, use),
    bias === null ? null : given("vector", bias, use),
    options,
  );
  return nodeCounts(
    lower([term], {
      ...DIALECT,
      winograd,
      nameOf: ({ kind }) => kind,
      resultNames: ["result"],
    }),
  );
};

describe("which convolutions are transformed", () => {
  it("are those of a known 3x3 kernel, stride 1 and padding 1, on sides that are multiples of 4", () => {
    for (const change of [
      {},
      { batch: 2 },
      { bias: false },
      { inputs: 1, outputs: 1 },
      { height: 4, width: 4 },
    ]) {
      const arrays = arraysOf({ ...plain, ...change });
      expect(counts(arrays, "always")).not.toEqual(counts(arrays, "never"));
    }
  });

  it.each<readonly [string, Partial<Case>]>([
    ["a stride of 2", { stride: 2 }],
    ["a height that is no multiple of 4", { height: 10 }],
    ["a width that is no multiple of 4", { width: 9 }],
    ["a kernel of 1x1", { kernel: 1, padding: around(0) }],
    ["a kernel of 5x5", { kernel: 5, padding: around(2) }],
    ["no padding", { padding: around(0) }],
    ["padding on one side only", { padding: { top: 0, bottom: 1, left: 0, right: 1 } }],
  ])("are not those with %s", (_, change) => {
    const arrays = arraysOf({ ...plain, ...change });
    expect(counts(arrays, "always")).toEqual(counts(arrays, "never"));
  });

  it("are not those whose kernel is an input", () => {
    const arrays = arraysOf(plain);
    expect(counts(arrays, "always", "data")).toEqual(counts(arrays, "never", "data"));
  });

  it("are those of many channels, as measured, and never those of few", () => {
    const of = (channels: number): Arrays => {
      const zeros = (shape: readonly number[]): NdArray => ({
        shape,
        data: new Float32Array(elements(shape)),
      });
      return {
        image: zeros([1, 64, 64, channels]),
        weight: zeros([channels, channels, 3, 3]),
        bias: null,
        options: { stride: 1, padding: around(1) },
      };
    };
    expect(counts(of(512), "where-faster")).toEqual(counts(of(512), "always"));
    expect(counts(of(64), "where-faster")).toEqual(counts(of(64), "never"));
  });
});

describe("a transformed convolution", () => {
  let engine: Engine<OnnxTensor>;
  beforeAll(async () => {
    const opened = await onnxRuntime({ dialect: { winograd: "always" }, cache: null }).open();
    if (E.isLeft(opened)) throw new Error(opened.left.missing);
    engine = opened.right;
  });
  afterAll(() => engine.close());

  const onEngine = async ({ image, weight, bias, options }: Arrays): Promise<NdArray> => {
    const tensors = [
      engine.upload("image", image),
      engine.upload("convolution", weight, "constant"),
      ...(bias === null ? [] : [engine.upload("vector", bias, "constant")]),
    ] as const;
    const [a, w, b = null] = tensors;
    const result = engine.algebra.conv2d(a, w, b, options);
    const found = await engine.download("image", result);
    engine.release([...tensors, result]);
    return found;
  };

  // Each channel's transforms round a few times more than a sum of products does.
  it("equals the convolution, to 1e-5 of the largest value, for every batch, size and number of channels", async () => {
    const sides = fc.constantFrom(4, 8, 12);
    // Multiples of 16 channels may be written in another layout.
    const channels = fc.constantFrom(1, 2, 3, 5, 8, 16, 16, 32, 48);
    const cases = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      height: sides,
      width: sides,
      inputs: channels,
      outputs: channels,
      bias: fc.boolean(),
      seed: fc.nat({ max: 1000 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async (sizes) => {
        const arrays = arraysOf({ ...plain, ...sizes });
        expect(counts(arrays, "always")).not.toEqual(counts(arrays, "never"));
        expect(relativeError(await onEngine(arrays), inFloat64(arrays))).toBeLessThan(1e-5);
      }),
      { seed: 42, numRuns: 40 },
    );
  });

  it("equals it at 64 tiles and at more, where the layout may change", async () => {
    for (const width of [28, 32, 36, 64]) {
      const arrays = arraysOf({ ...plain, height: 32, width, inputs: 16, outputs: 16 });
      expect(relativeError(await onEngine(arrays), inFloat64(arrays))).toBeLessThan(1e-5);
    }
  });

  it("stays near it if many channels are summed", async () => {
    for (const outputs of [8, 16]) {
      const arrays = arraysOf({ ...plain, inputs: 256, outputs });
      expect(relativeError(await onEngine(arrays), inFloat64(arrays))).toBeLessThan(1e-5);
    }
  });
});
