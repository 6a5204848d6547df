/** Convolutions: they are linear in both arguments, and kernels with a known effect have that effect. */
import * as fc from "fast-check";
import {
  blockDiagonal,
  convolutions,
  imageFrom,
  none,
  optionsFor,
  pixel,
  setInZeros,
  tapWeight,
  type Which,
} from "../convolutions.ts";
import { definition, equation } from "../equation.ts";
import { dimensions, imageShapes, tensorOf, upTo } from "../inputs.ts";
import type { Law, Operation } from "../law.ts";

/** The laws that `conv2d` and `depthwiseConv2d` share. */
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
      name: `${which} pads with zeros on the given side`,
      statement: "convolving with padding = convolving an image that has the zeros, without padding",
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

/** Stride s keeps every s-th pixel of the stride-1 result. The law picks those by a 1 x 1 tap of that stride. */
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

/**
 * Compares only rows and columns that neither the image's edge nor the padding affects, so that both sides are equal.
 */
const translation: Law = equation({
  name: "conv2d commutes with translation",
  statement: "moving the image by (dy, dx) moves the result, away from the edges",
  operations: ["conv2d"],
  inputs: fc
    .record({ shape: imageShapes(4), kh: upTo(3), kw: upTo(3), dy: fc.nat(2), dx: fc.nat(2), out: upTo(3) })
    .chain(({ shape: [n, h, w, c], kh, kw, dy, dx, out }) =>
      fc.record({
        // Larger by the kernel and the motion, so that something remains to be compared.
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

export const convolutionLaws: readonly Law[] = [
  ...shared("conv2d"),
  translation,
  ...shared("depthwiseConv2d"),
  depthwiseIsBlockDiagonal,
];
