/** The laws can fail: each broken engine is caught by the law about its fault. */
import {
  type Algebra,
  type Engine,
  referenceAlgebra as R,
  type ReferenceTensor,
  referenceEngine,
} from "@tadsr/core";
import { describe, expect, it } from "vitest";
import { expectCaught, map, outcome, withAlgebra } from "./caught.ts";
import { countingEngine } from "./counting-engine.ts";
import { dualAlgebra as D, type Dual, dualEngine } from "./dual-engine.ts";

/** Reorders the channels of the deep image from c f f + y f + x to (y f + x) C + c. */
const tensorflowOrder = (image: ReferenceTensor, f: number): ReferenceTensor => {
  const deep = R.spaceToDepth(image, f);
  const c = image.shape[3] as number;
  const order = Array.from({ length: c * f * f }, (_, k) => (k % c) * f * f + Math.floor(k / c));
  return R.concatChannels(order.map((k) => R.sliceChannels(deep, k, 1)));
};

const flipped = (weight: ReferenceTensor): ReferenceTensor => {
  const taps = (weight.shape[2] as number) * (weight.shape[3] as number);
  return {
    shape: weight.shape,
    data: weight.data.map((_, i) => weight.data[i - (i % taps) + (taps - 1 - (i % taps))] as number),
  };
};

const faults: readonly (readonly [string, Partial<Algebra<ReferenceTensor>>, string])[] = [
  [
    "conv2d ignores the stride",
    { conv2d: (a, w, b, { padding }) => R.conv2d(a, w, b, { stride: 1, padding }) },
    "conv2d correlates: one tap moves the image",
  ],
  [
    "conv2d ignores the stride of kernels larger than a pixel",
    {
      conv2d: (a, w, b, { stride, padding }) =>
        R.conv2d(a, w, b, { stride: w.shape[2] === 1 ? stride : 1, padding }),
    },
    "conv2d with a stride skips pixels",
  ],
  [
    "conv2d flips its kernel, as a true convolution",
    { conv2d: (a, w, b, options) => R.conv2d(a, flipped(w), b, options) },
    "conv2d correlates: one tap moves the image",
  ],
  [
    "conv2d pads at the top what belongs to the bottom",
    {
      conv2d: (a, w, b, { stride, padding: { top, bottom, left, right } }) =>
        R.conv2d(a, w, b, { stride, padding: { top: bottom, bottom: top, left, right } }),
    },
    "conv2d pads with zeros on the given side",
  ],
  [
    "depthwiseConv2d adds one",
    { depthwiseConv2d: (a, w, b, options) => R.offset(R.depthwiseConv2d(a, w, b, options), 1) },
    "depthwiseConv2d is linear in the image",
  ],
  [
    "conv2d forgets its bias",
    { conv2d: (a, w, _bias, options) => R.conv2d(a, w, null, options) },
    "agrees with the reference: conv2d",
  ],
  [
    "conv2d doubles its bias at the first pixel",
    {
      conv2d: (a, w, b, options) => {
        const result = R.conv2d(a, w, b, options);
        if (b !== null)
          result.data[0] = (result.data[0] as number) + (b.data[0] as number) * (a.data[0] as number);
        return result;
      },
    },
    "conv2d adds its bias to every pixel",
  ],
  [
    "depthwiseConv2d ignores the bias",
    { depthwiseConv2d: (a, w, _bias, options) => R.depthwiseConv2d(a, w, null, options) },
    "depthwiseConv2d is conv2d with a block-diagonal weight",
  ],
  [
    "linear does not transpose its weight",
    {
      linear: (a, w, b) => {
        const [o, i] = w.shape as [number, number];
        const data = w.data.map((_, k) => w.data[(k % i) * o + Math.floor(k / i)] as number);
        return R.linear(a, { shape: w.shape, data }, b);
      },
    },
    "linear is the matrix product with the transposed weight",
  ],
  [
    "scale takes the first sample's factor for all",
    { scale: (a, factor) => R.scale(a, typeof factor === "number" ? factor : (factor[0] ?? 0)) },
    "scale takes one factor for each sample",
  ],
  [
    "subtract has its operands the wrong way round",
    { subtract: (a, b) => R.subtract(b, a) },
    "subtract adds the negative",
  ],
  [
    "spaceToDepth and depthToSpace have another channel order",
    {
      spaceToDepth: tensorflowOrder,
      depthToSpace: (a, f) => {
        const c = (a.shape[3] as number) / (f * f);
        const order = Array.from(
          { length: c * f * f },
          (_, k) => (k % (f * f)) * c + Math.floor(k / (f * f)),
        );
        return R.depthToSpace(R.concatChannels(order.map((k) => R.sliceChannels(a, k, 1))), f);
      },
    },
    "spaceToDepth keeps PyTorch's channel order",
  ],
  [
    "concatChannels reverses its parts",
    { concatChannels: (a) => R.concatChannels([...a].reverse()) },
    "sliceChannels takes part 1 out of concatChannels",
  ],
  [
    "softplus overflows",
    { softplus: (a) => map(a, (x) => Math.log(1 + Math.exp(x))) },
    "softplus does not overflow",
  ],
  [
    "silu is NaN far out",
    { silu: (a) => map(a, (x) => (x * Math.exp(x)) / (1 + Math.exp(x))) },
    "silu does not overflow",
  ],
  ["silu is gelu", { silu: (a) => map(a, (x) => x / (1 + Math.exp(-1.702 * x))) }, "silu at known points"],
  ["relu leaks", { relu: (a) => map(a, (x) => Math.max(x, 0.01 * x)) }, "relu is idempotent"],
  ["relu6 is relu", { relu6: R.relu }, "relu6 at known points"],
  ["mean is a sum", { mean: (a) => R.scale(R.mean(a), a.data.length) }, "mean shifts by an offset"],
  [
    "mean is the first element",
    { mean: (a) => ({ shape: [], data: a.data.slice(0, 1) }) },
    "every element counts once in the mean",
  ],
  [
    "channelNorm forgets epsilon",
    { channelNorm: (a) => R.channelNorm(a, 0) },
    "channelNorm adds epsilon under the root",
  ],
  [
    "channelNorm has a hidden epsilon",
    { channelNorm: (a, e) => R.channelNorm(a, e + 1e-3) },
    "channelNorm does not depend on the scale of its input",
  ],
  [
    "modulate multiplies by gamma alone",
    { modulate: (a, g, b) => R.modulate(a, g === null ? null : R.offset(g, -1), b) },
    "modulate by zeros changes nothing",
  ],
  [
    "modulate takes a scale that is not there for 0",
    { modulate: (a, g, b) => R.modulate(a, g ?? R.offset(R.scale(b, 0), -1), b) },
    "modulate without a scale only shifts",
  ],
  [
    "add works in place",
    {
      add: (a, b) => {
        a.data.forEach((x, i) => {
          a.data[i] = x + (b.data[i] as number);
        });
        return a;
      },
    },
    "does not change its operands: add",
  ],
];

describe("a broken algebra is caught", () => {
  it.each(faults)("%s", async (_fault, changed, law) => {
    await expectCaught(withAlgebra(changed), law);
  });

  type Run = (...args: readonly unknown[]) => ReferenceTensor;
  it.each(Object.keys(R) as (keyof typeof R)[])(
    "%s off by a part in a thousand, on a float32 engine",
    async (name) => {
      const run = R[name] as unknown as Run;
      const off = (...args: readonly unknown[]): ReferenceTensor => map(run(...args), (x) => x * 1.001);
      const engine = { ...withAlgebra({ [name]: off }), epsilon: 1e-6 };
      await expectCaught(engine, `agrees with the reference: ${name}`);
    },
  );

  it("an engine that is less precise than it says", async () => {
    const rounded =
      (f: Run): Run =>
      (...args) =>
        map(f(...args), Math.fround);
    await expectCaught(
      withAlgebra({ divide: rounded(R.divide as unknown as Run) as typeof R.divide }),
      "agrees with the reference: divide",
    );
  });

  it("an operation that throws", async () => {
    const square = (): never => {
      throw new Error("no such kernel");
    };
    const result = await outcome(withAlgebra({ square }), "square is the product with itself");
    expect(result).toMatchObject({ outcome: "fails" });
    expect(result.explanation).toContain("no such kernel");
  });
});

describe("a broken engine is caught", () => {
  it("a scope that leaks", () =>
    expectCaught(
      countingEngine({ releasedByScope: () => [] }),
      "scope keeps its result and releases the rest",
    ));

  it("a scope that leaks one tensor", () =>
    expectCaught(
      countingEngine({ releasedByScope: (made) => made.slice(1) }),
      "scope that keeps nothing leaves no tensors",
    ));

  it("a scope that releases its result", () =>
    expectCaught(countingEngine({ keepsResult: false }), "scope keeps tensors in lists and records"));

  it("a scope that leaks after an error", () =>
    expectCaught(
      countingEngine({ cleansUpAfterErrors: false }),
      "scope whose work throws releases everything",
    ));

  it("a release that does nothing", () =>
    expectCaught(countingEngine({ release: () => [] }), "release frees the given tensors and no others"));

  it("a release that forgets the last", () =>
    expectCaught(countingEngine({ release: (all) => all.slice(0, -1) }), "repeated work does not leak"));

  it("an upload that keeps the caller's array", () => {
    const data = new WeakMap<ReferenceTensor, Float32Array | Float64Array>();
    const sharing: Engine<ReferenceTensor> = {
      ...referenceEngine,
      upload: (kind, array) => {
        const tensor = referenceEngine.upload(kind, array);
        data.set(tensor, array.data);
        return tensor;
      },
      download: async (_kind, tensor) => ({
        shape: tensor.shape,
        data: Float64Array.from(data.get(tensor) ?? tensor.data),
      }),
    };
    return expectCaught(sharing, "upload copies");
  });

  it("a download that gives its own array away", () =>
    expectCaught({ ...referenceEngine, download: async (_kind, tensor) => tensor }, "download copies"));

  it("weights kept as [kh, kw, in, out] but given back in another order", () =>
    expectCaught(
      {
        ...referenceEngine,
        download: async (kind, { shape, data }) => ({
          shape: kind === "convolution" ? [...shape].reverse() : shape,
          data: data.slice(),
        }),
      },
      "upload and download are inverse: convolution",
    ));
});

describe("broken gradients are caught", () => {
  it("stopGradient lets gradients through", () =>
    expectCaught(dualEngine({ stopGradient: (a) => a }), "gradient of stopGradient is zero"));

  it("a parameter that is not used has no gradient", () =>
    expectCaught(
      dualEngine({}, (original) => (parameters, objective) => {
        const { gradients, ...rest } = original(parameters, objective);
        const used = Object.entries(gradients).filter(([, { value }]) => value.data.some((x) => x !== 0));
        return { ...rest, gradients: Object.fromEntries(used) };
      }),
      "gradient of an unused parameter is zeros of its shape",
    ));

  it("the parts of the loss are lost", () =>
    expectCaught(
      dualEngine({}, (original) => (parameters, objective) => ({
        ...original(parameters, objective),
        parts: {},
      })),
      "differentiate returns the loss and its parts",
    ));

  it("gradients are those of the loss doubled", () =>
    expectCaught(
      dualEngine({}, (original) => (parameters, objective) => {
        const { gradients, ...rest } = original(parameters, objective);
        const doubled = Object.entries(gradients).map(([name, g]) => [name, D.scale(g, 2)] as const);
        return { ...rest, gradients: Object.fromEntries(doubled) };
      }),
      "gradient agrees with central differences: a residual block",
    ));

  it("the parameters are updated on the way", () =>
    expectCaught(
      dualEngine({}, (original) => (parameters, objective) => {
        const result = original(parameters, objective);
        for (const { value } of Object.values(parameters)) value.data[0] = 1e3;
        return result;
      }),
      "differentiate does not change the parameters",
    ));

  type Run = (...args: readonly unknown[]) => Dual;
  const constant = ["stopGradient", "nearestIndices", "leftSingular", "rightSingular"];
  const differentiable = (Object.keys(D) as (keyof typeof D)[]).filter((name) => !constant.includes(name));
  it.each(differentiable)(
    "the derivative of %s is off by a part in a hundred, on a float32 engine",
    async (name) => {
      const run = D[name] as unknown as Run;
      const off = (...args: readonly unknown[]): Dual => {
        const { value, tangent } = run(...args);
        return { value, tangent: R.scale(tangent, 1.01) };
      };
      const engine = { ...dualEngine({ [name]: off }), epsilon: 1e-6 };
      await expectCaught(engine, `gradient agrees with central differences: ${name}`);
    },
  );
});
