/** The inputs of the convolution laws: images, weights with a known effect, strides, paddings. */
import type { ConvolutionOptions, Padding } from "@tadsr/core";
import * as fc from "fast-check";
import { dimensions, type Input, imageShapes, inputFrom, tensorOf, upTo } from "./inputs.ts";

export const none: Padding = { top: 0, bottom: 0, left: 0, right: 0 };

const paddings: fc.Arbitrary<Padding> = fc.record({
  top: fc.nat(2),
  bottom: fc.nat(2),
  left: fc.nat(2),
  right: fc.nat(2),
});

/** Two images and two weights of one size, a bias, and options with which the kernel fits the image. */
export interface Convolution {
  readonly images: readonly [Input, Input];
  readonly weights: readonly [Input, Input];
  readonly bias: Input;
  readonly options: ConvolutionOptions;
}

export type Which = "conv2d" | "depthwiseConv2d";

/** The padding that TensorFlow calls `same`: as many pixels as a stride needs; an odd one goes after. */
const samePadding = (size: readonly [number, number], kernel: readonly [number, number], stride: number) => {
  const [vertical, horizontal] = [0, 1].map((axis) => {
    const [length, taps] = [size[axis] ?? 1, kernel[axis] ?? 1];
    return Math.max(0, (Math.ceil(length / stride) - 1) * stride + taps - length);
  }) as [number, number];
  const [top, left] = [Math.floor(vertical / 2), Math.floor(horizontal / 2)];
  return { top, bottom: vertical - top, left, right: horizontal - left };
};

/**
 * Options for an image of h x w: every stride; no padding, some padding, or `same`, for which many libraries have
 * separate code. Padding grows until the kernel fits.
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

export const convolutions = (which: Which): fc.Arbitrary<Convolution> =>
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

/** The pixel at (y, x) of a sample's channel; 0 outside the image. */
export const pixel = (image: Input, sample: number, y: number, x: number, channel: number): number => {
  const [, h, w, c] = dimensions(image);
  if (y < 0 || y >= h || x < 0 || x >= w) return 0;
  return image.data[((sample * h + y) * w + x) * c + channel] as number;
};

/** An image from a formula over its coordinates. */
export const imageFrom = (
  shape: readonly [number, number, number, number],
  formula: (sample: number, y: number, x: number, channel: number) => number,
): Input => {
  const [, h, w, c] = shape;
  return inputFrom("image", shape, (i) =>
    formula(Math.floor(i / (h * w * c)), Math.floor(i / (w * c)) % h, Math.floor(i / c) % w, i % c),
  );
};

export const setInZeros = (image: Input, { top, bottom, left, right }: Padding): Input => {
  const [n, h, w, c] = dimensions(image);
  return imageFrom([n, h + top + bottom, w + left + right, c], (sample, y, x, channel) =>
    pixel(image, sample, y - top, x - left, channel),
  );
};

/** A weight that maps each channel to itself: 1 at one tap, 0 elsewhere. */
export const tapWeight = (
  which: Which,
  c: number,
  [kh, kw]: readonly [number, number],
  tap: number,
): Input =>
  which === "depthwiseConv2d"
    ? inputFrom("depthwise", [c, 1, kh, kw], (i) => (i % (kh * kw) === tap ? 1 : 0))
    : inputFrom("convolution", [c, c, kh, kw], (i) => {
        const [out, from] = [Math.floor(i / (c * kh * kw)), Math.floor(i / (kh * kw)) % c];
        return out === from && i % (kh * kw) === tap ? 1 : 0;
      });

export const blockDiagonal = ({ shape, data }: Input): Input => {
  const [c, , kh, kw] = shape as [number, number, number, number];
  return inputFrom("convolution", [c, c, kh, kw], (i) => {
    const [out, from] = [Math.floor(i / (c * kh * kw)), Math.floor(i / (kh * kw)) % c];
    return out === from ? (data[out * kh * kw + (i % (kh * kw))] as number) : 0;
  });
};
