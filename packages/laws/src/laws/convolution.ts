/** Convolutions and the linear layer: linear in both arguments, and known kernels do what they must. */
import type { ConvolutionOptions, Padding } from "@tadsr/core";
import * as fc from "fast-check";
import { definition, equation } from "../equation.ts";
import { count, type Input, imageShapes, inputFrom, tensorOf, upTo } from "../inputs.ts";
import type { Law, Operation } from "../law.ts";

const none: Padding = { top: 0, bottom: 0, left: 0, right: 0 };

const paddings: fc.Arbitrary<Padding> = fc.record({
  top: fc.nat(2),
  bottom: fc.nat(2),
  left: fc.nat(2),
  right: fc.nat(2),
});

/** Two images and two weights of one size, a bias, and options under which the kernel fits the image. */
export interface Convolution {
  readonly images: readonly [Input, Input];
  readonly weights: readonly [Input, Input];
  readonly bias: Input;
  readonly options: ConvolutionOptions;
}

type Which = "conv2d" | "depthwiseConv2d";

/** The padding TensorFlow calls `same`: as many pixels as a stride needs, the odd one after. */
const samePadding = (size: readonly [number, number], kernel: readonly [number, number], stride: number) => {
  const [vertical, horizontal] = [0, 1].map((axis) => {
    const [length, taps] = [size[axis] ?? 1, kernel[axis] ?? 1];
    return Math.max(0, (Math.ceil(length / stride) - 1) * stride + taps - length);
  }) as [number, number];
  const [top, left] = [Math.floor(vertical / 2), Math.floor(horizontal / 2)];
  return { top, bottom: vertical - top, left, right: horizontal - left };
};

/**
 * Options for an image of h x w: any stride; no padding, any padding, or `same`, for which many
 * libraries have code of its own. Padding is grown to make the kernel fit.
 */
export const optionsFor = (
  size: readonly [number, number],
  kernel: readonly [number, number],
): fc.Arbitrary<ConvolutionOptions> =>
  fc
    .tuple(upTo(3), fc.oneof(fc.constant(none), fc.constant("same" as const), paddings))
    .map(([stride, chosen]) => {
      const padding = chosen === "same" ? samePadding(size, kernel, stride) : chosen;
      return {
        stride,
        padding: {
          ...padding,
          bottom: Math.max(padding.bottom, kernel[0] - size[0] - padding.top),
          right: Math.max(padding.right, kernel[1] - size[1] - padding.left),
        },
      };
    });

const convolutions = (which: Which): fc.Arbitrary<Convolution> =>
  fc.tuple(imageShapes(6), upTo(3), upTo(3), upTo(4)).chain(([[n, h, w, c], kh, kw, out]) => {
    const image = tensorOf("image", [n, h, w, c]);
    const weight =
      which === "conv2d" ? tensorOf("convolution", [out, c, kh, kw]) : tensorOf("depthwise", [c, 1, kh, kw]);
    return fc.record({
      images: fc.tuple(image, image),
      weights: fc.tuple(weight, weight),
      bias: tensorOf("vector", [which === "conv2d" ? out : c]),
      options: optionsFor([h, w], [kh, kw]),
    });
  });

/** The laws `conv2d` and `depthwiseConv2d` share. */
const shared = (which: Which): readonly Law[] => {
  const operations: readonly Operation[] = [which, "add"];
  const inputs = convolutions(which);
  const kind = () => "image" as const;
  return [
    equation({
      name: `${which} is linear in the image`,
      statement: "w * (a + b) = w * a + w * b, for any stride and padding",
      operations,
      inputs,
      tensors: ({ images: [a, b], weights: [w] }) => [a, b, w],
      kind,
      left:
        ({ options }) =>
        (A, a, b, w) =>
          A[which](A.add(a, b), w, null, options),
      right:
        ({ options }) =>
        (A, a, b, w) =>
          A.add(A[which](a, w, null, options), A[which](b, w, null, options)),
    }),
    equation({
      name: `${which} is linear in the weight`,
      statement: "(v + w) * a = v * a + w * a",
      operations,
      inputs,
      tensors: ({ images: [a], weights: [v, w] }) => [a, v, w],
      kind,
      left:
        ({ options }) =>
        (A, a, v, w) =>
          A[which](a, A.add(v, w), null, options),
      right:
        ({ options }) =>
        (A, a, v, w) =>
          A.add(A[which](a, v, null, options), A[which](a, w, null, options)),
    }),
    equation({
      name: `${which} adds its bias to every pixel`,
      statement: "conv(a, w, b) - conv(a, w, null) = conv(0 a, w, b): b at every pixel",
      operations: [which, "subtract", "scale"],
      inputs,
      tensors: ({ images: [a], weights: [w], bias }) => [a, w, bias],
      kind,
      left:
        ({ options }) =>
        (A, a, w, bias) =>
          A.subtract(A[which](a, w, bias, options), A[which](a, w, null, options)),
      right:
        ({ options }) =>
        (A, a, w, bias) =>
          A[which](A.scale(a, 0), w, bias, options),
    }),
    equation({
      name: `${which} pads with zeros on the side that is named`,
      statement: "convolving with padding = convolving the image set in zeros without",
      operations: [which],
      inputs,
      tensors: ({ images: [a], weights: [w], options }) => [a, setInZeros(a, options.padding), w],
      kind,
      left:
        ({ options }) =>
        (A, a, _set, w) =>
          A[which](a, w, null, options),
      right:
        ({ options: { stride } }) =>
        (A, _a, set, w) =>
          A[which](set, w, null, { stride, padding: none }),
    }),
    shiftLaw(which),
    strideLaw(which),
  ];
};

const dimensions = ({ shape }: Input): readonly [number, number, number, number] =>
  shape as [number, number, number, number];

/** The pixel at (y, x) of a sample's channel; 0 outside the image. */
const pixel = (image: Input, sample: number, y: number, x: number, channel: number): number => {
  const [, h, w, c] = dimensions(image);
  if (y < 0 || y >= h || x < 0 || x >= w) return 0;
  return image.data[((sample * h + y) * w + x) * c + channel] as number;
};

/** An image from a formula over its coordinates. */
const imageFrom = (
  shape: readonly [number, number, number, number],
  formula: (sample: number, y: number, x: number, channel: number) => number,
): Input => {
  const [, h, w, c] = shape;
  return inputFrom("image", shape, (i) =>
    formula(Math.floor(i / (h * w * c)), Math.floor(i / (w * c)) % h, Math.floor(i / c) % w, i % c),
  );
};

const setInZeros = (image: Input, { top, bottom, left, right }: Padding): Input => {
  const [n, h, w, c] = dimensions(image);
  return imageFrom([n, h + top + bottom, w + left + right, c], (sample, y, x, channel) =>
    pixel(image, sample, y - top, x - left, channel),
  );
};

/** A weight that is 1 at one tap from each channel to itself. */
const tapWeight = (which: Which, c: number, [kh, kw]: readonly [number, number], tap: number): Input =>
  which === "depthwiseConv2d"
    ? inputFrom("depthwise", [c, 1, kh, kw], (i) => (i % (kh * kw) === tap ? 1 : 0))
    : inputFrom("convolution", [c, c, kh, kw], (i) => {
        const [out, from] = [Math.floor(i / (c * kh * kw)), Math.floor(i / (kh * kw)) % c];
        return out === from && i % (kh * kw) === tap ? 1 : 0;
      });

/** With one tap at (ky, kx), the result is the image moved up by ky - top and left by kx - left. */
const shiftLaw = (which: Which): Law =>
  definition({
    name: `${which} correlates: one tap moves the image`,
    statement: "a weight that is 1 at (ky, kx) gives a[y s + ky - top, x s + kx - left]; 1 x 1 gives a",
    operations: [which],
    inputs: fc
      .record({ shape: imageShapes(6), kh: upTo(4), kw: upTo(4), at: fc.nat(15) })
      .chain(({ shape, kh, kw, at }) =>
        fc.record({
          a: tensorOf("image", shape),
          kernel: fc.constant<[number, number]>([kh, kw]),
          tap: fc.constant(at % (kh * kw)),
          options: optionsFor([shape[1], shape[2]], [kh, kw]),
        }),
      ),
    tensors: ({ a, kernel, tap }) => [a, tapWeight(which, dimensions(a)[3], kernel, tap)],
    program:
      ({ options }) =>
      (A, a, w) =>
        A[which](a, w, null, options),
    expected: ({ a, kernel: [kh, kw], tap, options: { stride, padding } }) => {
      const [n, h, w, c] = dimensions(a);
      const height = Math.floor((h + padding.top + padding.bottom - kh) / stride) + 1;
      const width = Math.floor((w + padding.left + padding.right - kw) / stride) + 1;
      return imageFrom([n, height, width, c], (sample, y, x, channel) =>
        pixel(
          a,
          sample,
          y * stride + Math.floor(tap / kw) - padding.top,
          x * stride + (tap % kw) - padding.left,
          channel,
        ),
      );
    },
  });

/** Stride s keeps every s-th pixel of the stride-1 result: taken out here by a 1 x 1 tap of that stride. */
const strideLaw = (which: Which): Law =>
  equation({
    name: `${which} with a stride skips pixels`,
    statement: "stride s = every s-th pixel, from the first, of the result of stride 1",
    operations: [which],
    inputs: convolutions(which),
    tensors: ({ images: [a], weights: [w] }) => [
      a,
      w,
      tapWeight(which, which === "conv2d" ? (w.shape[0] as number) : dimensions(a)[3], [1, 1], 0),
    ],
    kind: () => "image",
    left:
      ({ options }) =>
      (A, a, w) =>
        A[which](a, w, null, options),
    right:
      ({ options: { stride, padding } }) =>
      (A, a, w, tap) =>
        A[which](A[which](a, w, null, { stride: 1, padding }), tap, null, { stride, padding: none }),
  });

/** The rows and columns that neither image's edge nor padding has touched, so that both sides are equal. */
const translation: Law = equation({
  name: "conv2d commutes with translation",
  statement: "moving the image by (dy, dx) moves the result, where no edge is in sight",
  operations: ["conv2d"],
  inputs: fc
    .record({ shape: imageShapes(4), kh: upTo(3), kw: upTo(3), dy: fc.nat(2), dx: fc.nat(2), out: upTo(3) })
    .chain(({ shape: [n, h, w, c], kh, kw, dy, dx, out }) =>
      fc.record({
        // Larger by the kernel and the motion, so that something is left to compare.
        a: tensorOf("image", [n, h + kh + dy, w + kw + dx, c]),
        weight: tensorOf("convolution", [out, c, kh, kw]),
        motion: fc.constant<[number, number]>([dy, dx]),
      }),
    ),
  tensors: ({ a, weight, motion: [dy, dx] }) => {
    const [n, h, w, c] = dimensions(a);
    const out = weight.shape[0] as number;
    const moved = imageFrom([n, h - dy, w - dx, c], (sample, y, x, channel) =>
      pixel(a, sample, y + dy, x + dx, channel),
    );
    const move = tapWeight("conv2d", out, [dy + 1, dx + 1], (dy + 1) * (dx + 1) - 1);
    return [a, weight, moved, move];
  },
  kind: () => "image",
  left: () => (A, _a, weight, moved) => A.conv2d(moved, weight, null, { stride: 1, padding: none }),
  right: () => (A, a, weight, _moved, move) =>
    A.conv2d(A.conv2d(a, weight, null, { stride: 1, padding: none }), move, null, {
      stride: 1,
      padding: none,
    }),
});

const blockDiagonal = ({ shape, data }: Input): Input => {
  const [c, , kh, kw] = shape as [number, number, number, number];
  return inputFrom("convolution", [c, c, kh, kw], (i) => {
    const [out, from] = [Math.floor(i / (c * kh * kw)), Math.floor(i / (kh * kw)) % c];
    return out === from ? (data[out * kh * kw + (i % (kh * kw))] as number) : 0;
  });
};

const depthwiseIsBlockDiagonal: Law = equation({
  name: "depthwiseConv2d is conv2d with a block-diagonal weight",
  statement: "depthwise(a, w) = conv(a, diag(w)), with bias, stride and padding",
  operations: ["depthwiseConv2d", "conv2d"],
  inputs: convolutions("depthwiseConv2d"),
  tensors: ({ images: [a], weights: [w], bias }) => [a, w, blockDiagonal(w), bias],
  kind: () => "image",
  left:
    ({ options }) =>
    (A, a, w, _diagonal, bias) =>
      A.depthwiseConv2d(a, w, bias, options),
  right:
    ({ options }) =>
    (A, a, _w, diagonal, bias) =>
      A.conv2d(a, diagonal, bias, options),
});

const layers = fc.tuple(upTo(3), upTo(6), upTo(5)).chain(([n, i, o]) => {
  const matrix = tensorOf("matrix", [n, i]);
  const weight = tensorOf("matrix", [o, i]);
  return fc.record({
    matrices: fc.tuple(matrix, matrix),
    weights: fc.tuple(weight, weight),
    bias: tensorOf("vector", [o]),
  });
});

const linearLaws: readonly Law[] = [
  definition({
    name: "linear is the matrix product with the transposed weight",
    statement: "linear(a, w, b)[n, o] = sum_i a[n, i] w[o, i] + b[o]",
    operations: ["linear"],
    inputs: layers,
    tensors: ({ matrices: [a], weights: [w], bias }) => [a, w, bias],
    program: () => (A, a, w, bias) => A.linear(a, w, bias),
    expected: ({ matrices: [a], weights: [w], bias }) => {
      const [n, i] = a.shape as [number, number];
      const o = count(bias.shape);
      return inputFrom("matrix", [n, o], (index) => {
        const [row, out] = [Math.floor(index / o), index % o];
        let sum = bias.data[out] as number;
        for (let k = 0; k < i; k++) sum += (a.data[row * i + k] as number) * (w.data[out * i + k] as number);
        return sum;
      });
    },
  }),
  equation({
    name: "linear is linear in the matrix",
    statement: "linear(a + b, w) = linear(a, w) + linear(b, w)",
    operations: ["linear", "add"],
    inputs: layers,
    tensors: ({ matrices: [a, b], weights: [w] }) => [a, b, w],
    kind: () => "matrix",
    left: () => (A, a, b, w) => A.linear(A.add(a, b), w, null),
    right: () => (A, a, b, w) => A.add(A.linear(a, w, null), A.linear(b, w, null)),
  }),
  equation({
    name: "linear is linear in the weight",
    statement: "linear(a, v + w) = linear(a, v) + linear(a, w)",
    operations: ["linear", "add"],
    inputs: layers,
    tensors: ({ matrices: [a], weights: [v, w] }) => [a, v, w],
    kind: () => "matrix",
    left: () => (A, a, v, w) => A.linear(a, A.add(v, w), null),
    right: () => (A, a, v, w) => A.add(A.linear(a, v, null), A.linear(a, w, null)),
  }),
];

export const convolutionLaws: readonly Law[] = [
  ...shared("conv2d"),
  translation,
  ...shared("depthwiseConv2d"),
  depthwiseIsBlockDiagonal,
  ...linearLaws,
];
