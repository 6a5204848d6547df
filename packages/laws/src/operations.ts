/** Random uses of every operation, for the tests of its agreement with the reference and of its gradient. */
import * as fc from "fast-check";
import { optionsFor } from "./convolutions.ts";
import { onReference, type Program } from "./evaluate.ts";
import {
  anyShape,
  anything,
  batches,
  factors,
  type Input,
  imageShapes,
  numbers,
  tensorOf,
  upTo,
} from "./inputs.ts";
import type { Operation } from "./law.ts";
import { attention, windowAttention } from "./operations/attention.ts";
import { nearestIndices, takeRows } from "./operations/codebook.ts";
import {
  leftSingular,
  rightSingular,
  sequenceConvolution,
  spectralNormalize,
} from "./operations/sequences.ts";
import { type Elements, operandsOf, smooth, type Use, type Uses, whole } from "./use.ts";

const unary =
  (which: keyof Elements & ("plain" | "radicand" | "kinked"), program: Program): Uses =>
  (elements) =>
    anyShape.chain(({ kind, shape }) =>
      tensorOf(kind, shape, elements[which]).map((a) => ({ tensors: [a], kind, program })),
    );

const binary =
  (program: Program, second: "plain" | "divisor" = "plain"): Uses =>
  (elements) =>
    anyShape.chain(({ kind, shape }) =>
      fc
        .tuple(tensorOf(kind, shape, elements.plain), tensorOf(kind, shape, elements[second]))
        .map((tensors) => ({ tensors, kind, program })),
    );

const convolution =
  (which: "conv2d" | "depthwiseConv2d"): Uses =>
  ({ plain, side }) =>
    fc.tuple(imageShapes(side), upTo(4), upTo(4), upTo(3)).chain(([[n, h, w, c], kh, kw, out]) => {
      const depthwise = which === "depthwiseConv2d";
      return fc
        .record({
          image: tensorOf("image", [n, h, w, c], plain),
          weight: depthwise
            ? tensorOf("depthwise", [c, 1, kh, kw], plain)
            : tensorOf("convolution", [out, c, kh, kw], plain),
          bias: fc.option(tensorOf("vector", [depthwise ? c : out], plain)),
          options: optionsFor([h, w], [kh, kw]),
        })
        .map(
          ({ image, weight, bias, options }): Use => ({
            tensors: bias === null ? [image, weight] : [image, weight, bias],
            kind: "image",
            program: (A, a, v, ...b) => A[which](a, v, b[0] ?? null, options),
          }),
        );
    });

const linear: Uses = ({ plain }) =>
  fc.tuple(batches, upTo(5)).chain(([{ kind, shape }, o]) =>
    fc
      .record({
        input: tensorOf(kind, shape, plain),
        weight: tensorOf("matrix", [o, shape.at(-1) ?? 1], plain),
        bias: fc.option(tensorOf("vector", [o], plain)),
      })
      .map(
        ({ input, weight, bias }): Use => ({
          tensors: bias === null ? [input, weight] : [input, weight, bias],
          kind,
          program: (A, a, v, ...b) => A.linear(a, v, b[0] ?? null),
        }),
      ),
  );

/** An operation on one image with a factor. `multiple` says how its shape depends on the factor. */
const withFactor =
  (
    which: "upsampleNearest" | "spaceToDepth" | "depthToSpace",
    multiple: (factor: number) => { readonly side: number; readonly depth: number },
  ): Uses =>
  ({ plain }) =>
    fc.tuple(imageShapes(3), upTo(3)).chain(([[n, h, w, c], factor]) => {
      const { side, depth } = multiple(factor);
      return tensorOf("image", [n, h * side, w * side, c * depth], plain).map(
        (a): Use => ({ tensors: [a], kind: "image", program: (A, x) => A[which](x, factor) }),
      );
    });

const scale: Uses = ({ plain }) =>
  batches.chain(({ kind, shape }) =>
    fc
      .tuple(tensorOf(kind, shape, plain), factors(shape[0] ?? 1))
      .map(([a, factor]): Use => ({ tensors: [a], kind, program: (A, x) => A.scale(x, factor) })),
  );

const offset: Uses = ({ plain }) =>
  anyShape.chain(({ kind, shape }) =>
    fc
      .tuple(tensorOf(kind, shape, plain), anything)
      .map(([a, constant]): Use => ({ tensors: [a], kind, program: (A, x) => A.offset(x, constant) })),
  );

const mean: Uses = ({ plain }) =>
  anyShape.chain(({ kind, shape }) =>
    tensorOf(kind, shape, plain).map(
      (a): Use => ({ tensors: [a], kind: "scalar", program: (A, x) => A.mean(x) }),
    ),
  );

const concatChannels: Uses = ({ plain }) =>
  imageShapes(3).chain(([n, h, w]) =>
    fc
      .array(
        upTo(4).chain((c) => tensorOf("image", [n, h, w, c], plain)),
        { minLength: 1, maxLength: 3 },
      )
      .map(
        (tensors): Use => ({
          tensors,
          kind: "image",
          program: (A, ...images) => A.concatChannels(images),
        }),
      ),
  );

const sliceChannels: Uses = ({ plain }) =>
  fc
    .tuple(batches, fc.nat(3), upTo(3))
    .chain(([{ kind, shape }, start, length]) =>
      tensorOf(kind, [...shape.slice(0, -1), start + length + (shape.at(-1) ?? 1) - 1], plain).map(
        (a): Use => ({ tensors: [a], kind, program: (A, x) => A.sliceChannels(x, start, length) }),
      ),
    );

const channelNorm: Uses = ({ plain }) =>
  fc
    .tuple(
      imageShapes(3).chain((shape) => tensorOf("image", shape, plain)),
      numbers(0.0625, 1),
    )
    .map(
      ([a, epsilon]): Use => ({
        tensors: [a],
        kind: "image",
        program: (A, x) => A.channelNorm(x, epsilon),
      }),
    );

const modulate: Uses = ({ plain }) =>
  imageShapes(3).chain((shape) => {
    const matrix = tensorOf("matrix", [shape[0], shape[3]], plain);
    return fc.tuple(tensorOf("image", shape, plain), matrix, matrix, fc.boolean()).map(
      ([image, gamma, beta, isScaled]): Use =>
        isScaled
          ? {
              tensors: [image, gamma, beta],
              kind: "image",
              program: (A, a, g, b) => A.modulate(a, g, b),
            }
          : { tensors: [image, beta], kind: "image", program: (A, a, b) => A.modulate(a, null, b) },
    );
  });

const leakyRelu: Uses = ({ kinked }) =>
  anyShape.chain(({ kind, shape }) =>
    fc
      .tuple(tensorOf(kind, shape, kinked), numbers(-0.5, 2))
      .map(([a, slope]): Use => ({ tensors: [a], kind, program: (A, x) => A.leakyRelu(x, slope) })),
  );

const prelu: Uses = ({ kinked, plain }) =>
  imageShapes(3).chain((shape) =>
    fc.tuple(tensorOf("image", shape, kinked), tensorOf("vector", [shape[3]], plain)).map(
      (tensors): Use => ({
        tensors,
        kind: "image",
        program: (A, a, slope) => A.prelu(a, slope),
      }),
    ),
  );

const groupNorm: Uses = ({ plain }) =>
  fc.tuple(imageShapes(3), upTo(3)).chain(([[n, h, w, size], groups]) => {
    const c = size * groups;
    return fc
      .record({
        image: tensorOf("image", [n, h, w, c], plain),
        weight: tensorOf("vector", [c], plain),
        bias: tensorOf("vector", [c], plain),
        epsilon: numbers(0.25, 1),
      })
      .map(
        ({ image, weight, bias, epsilon }): Use => ({
          tensors: [image, weight, bias],
          kind: "image",
          program: (A, a, gamma, beta) => A.groupNorm(a, gamma, beta, { groups, epsilon }),
        }),
      );
  });

/** The uses of each operation. The type ensures that no operation is left out. */
const uses: Readonly<Record<Operation, Uses>> = {
  add: binary((A, a, b) => A.add(a, b)),
  subtract: binary((A, a, b) => A.subtract(a, b)),
  multiply: binary((A, a, b) => A.multiply(a, b)),
  divide: binary((A, a, b) => A.divide(a, b), "divisor"),
  scale,
  offset,
  square: unary("plain", (A, a) => A.square(a)),
  sqrt: unary("radicand", (A, a) => A.sqrt(a)),
  abs: unary("kinked", (A, a) => A.abs(a)),
  relu: unary("kinked", (A, a) => A.relu(a)),
  softplus: unary("kinked", (A, a) => A.softplus(a)),
  mean,
  stopGradient: unary("plain", (A, a) => A.stopGradient(a)),
  silu: unary("kinked", (A, a) => A.silu(a)),
  relu6: unary("kinked", (A, a) => A.relu6(a)),
  conv2d: convolution("conv2d"),
  depthwiseConv2d: convolution("depthwiseConv2d"),
  linear,
  upsampleNearest: withFactor("upsampleNearest", () => ({ side: 1, depth: 1 })),
  spaceToDepth: withFactor("spaceToDepth", (f) => ({ side: f, depth: 1 })),
  depthToSpace: withFactor("depthToSpace", (f) => ({ side: 1, depth: f * f })),
  concatChannels,
  sliceChannels,
  channelNorm,
  modulate,
  leakyRelu,
  gelu: unary("kinked", (A, a) => A.gelu(a)),
  prelu,
  groupNorm,
  attention,
  windowAttention,
  nearestIndices,
  takeRows,
  sequenceConvolution,
  spectralNormalize,
  leftSingular,
  rightSingular,
};

export type { Use } from "./use.ts";

export const operations = Object.keys(uses) as readonly Operation[];

/** A random use of the operation. */
export const anyUse = (operation: Operation): fc.Arbitrary<Use> => uses[operation](whole);

/** A small use of the operation at points where it is differentiable, with a weight for each element of its result. */
export const smoothUse = (operation: Operation): fc.Arbitrary<Use & { readonly weight: Input }> =>
  uses[operation](smooth).chain((use) =>
    tensorOf(use.kind, onReference(operandsOf(use), use.program).shape).map((weight) => ({ ...use, weight })),
  );
