/** Convolutions and the linear layer in float64. */
import type { ConvolutionOptions } from "../algebra.ts";
import { elements, shapeText } from "../shape.ts";
import {
  demand,
  demandBias,
  demandInteger,
  type ImageShape,
  imageShape,
  matrixShape,
  type ReferenceTensor,
  tensor,
  zeros,
} from "./tensor.ts";

export interface Kernel {
  readonly o: number;
  readonly i: number;
  readonly kh: number;
  readonly kw: number;
}

export const kernelShape = (operation: string, { shape }: ReferenceTensor): Kernel => {
  demand(
    shape.length === 4,
    operation,
    () => `weight ${shapeText(shape)}`,
    () => "weight [out, in, kh, kw]",
  );
  const [o, i, kh, kw] = shape as readonly [number, number, number, number];
  return { o, i, kh, kw };
};

/** Height and width of the result; checks the options. */
const outputSize = (
  operation: string,
  { h, w }: ImageShape,
  { kh, kw }: Kernel,
  { stride, padding }: ConvolutionOptions,
): readonly [number, number] => {
  demandInteger(operation, "stride", stride, 1);
  for (const side of ["top", "bottom", "left", "right"] as const)
    demandInteger(operation, `padding.${side}`, padding[side], 0);
  const height = h + padding.top + padding.bottom;
  const width = w + padding.left + padding.right;
  demand(
    height >= kh && width >= kw,
    operation,
    () => `a padded image of ${height} x ${width} under a kernel of ${kh} x ${kw}`,
    () => "an image no smaller than the kernel",
  );
  return [Math.floor((height - kh) / stride) + 1, Math.floor((width - kw) / stride) + 1];
};

/** The weight in the order [o, kh, kw, i]: a pixel's channels are neighbours, as they are in an image. */
export const channelsLast = (weight: ReferenceTensor, { o, i, kh, kw }: Kernel): Float64Array => {
  const data = new Float64Array(weight.data.length);
  let from = 0;
  for (let out = 0; out < o; out++)
    for (let channel = 0; channel < i; channel++)
      for (let k = 0; k < kh * kw; k++)
        data[(out * kh * kw + k) * i + channel] = weight.data[from++] as number;
  return data;
};

/** Sum of a[aStart + k] b[bStart + k] for k below `length`. */
const dot = (a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number => {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += (a[aStart + k] as number) * (b[bStart + k] as number);
  return sum;
};

/** As `Neural.conv2d`. */
export const conv2d = (
  image: ReferenceTensor,
  weight: ReferenceTensor,
  bias: ReferenceTensor | null,
  options: ConvolutionOptions,
): ReferenceTensor => {
  const size = imageShape("conv2d", image);
  const kernel = kernelShape("conv2d", weight);
  const { n, h, w, c } = size;
  const { o, i, kh, kw } = kernel;
  demand(
    i === c,
    "conv2d",
    () => `image ${shapeText(image.shape)} and weight ${shapeText(weight.shape)}`,
    () => `weight [o, ${c}, kh, kw]`,
  );
  demandBias("conv2d", bias, o);
  const [height, width] = outputSize("conv2d", size, kernel, options);
  const { stride, padding } = options;
  const taps = channelsLast(weight, kernel);
  const result = zeros([n, height, width, o]);
  let to = 0;
  for (let sample = 0; sample < n; sample++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let out = 0; out < o; out++) {
          let sum = bias === null ? 0 : (bias.data[out] as number);
          for (let ky = 0; ky < kh; ky++) {
            const row = y * stride + ky - padding.top;
            if (row < 0 || row >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const column = x * stride + kx - padding.left;
              if (column < 0 || column >= w) continue;
              const pixel = ((sample * h + row) * w + column) * c;
              sum += dot(image.data, pixel, taps, ((out * kh + ky) * kw + kx) * c, c);
            }
          }
          result.data[to++] = sum;
        }
  return result;
};

/** As `Neural.depthwiseConv2d`. */
export const depthwiseConv2d = (
  image: ReferenceTensor,
  weight: ReferenceTensor,
  bias: ReferenceTensor | null,
  options: ConvolutionOptions,
): ReferenceTensor => {
  const size = imageShape("depthwiseConv2d", image);
  const kernel = kernelShape("depthwiseConv2d", weight);
  const { n, h, w, c } = size;
  const { kh, kw } = kernel;
  demand(
    kernel.o === c && kernel.i === 1,
    "depthwiseConv2d",
    () => `image ${shapeText(image.shape)} and weight ${shapeText(weight.shape)}`,
    () => `weight [${c}, 1, kh, kw]`,
  );
  demandBias("depthwiseConv2d", bias, c);
  const [height, width] = outputSize("depthwiseConv2d", size, kernel, options);
  const { stride, padding } = options;
  const result = zeros([n, height, width, c]);
  let to = 0;
  for (let sample = 0; sample < n; sample++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let channel = 0; channel < c; channel++) {
          let sum = bias === null ? 0 : (bias.data[channel] as number);
          for (let ky = 0; ky < kh; ky++) {
            const row = y * stride + ky - padding.top;
            if (row < 0 || row >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const column = x * stride + kx - padding.left;
              if (column < 0 || column >= w) continue;
              const tap = weight.data[(channel * kh + ky) * kw + kx] as number;
              sum += tap * (image.data[((sample * h + row) * w + column) * c + channel] as number);
            }
          }
          result.data[to++] = sum;
        }
  return result;
};

/** As `Neural.linear`. */
export const linear = (
  a: ReferenceTensor,
  weight: ReferenceTensor,
  bias: ReferenceTensor | null,
): ReferenceTensor => {
  demand(
    a.shape.length === 2 || a.shape.length === 4,
    "linear",
    () => shapeText(a.shape),
    () => "a matrix [n, i] or an image [n, h, w, i]",
  );
  const i = a.shape[a.shape.length - 1] as number;
  const [o, columns] = matrixShape("linear", weight);
  demand(
    columns === i,
    "linear",
    () => `${shapeText(a.shape)} and weight ${shapeText(weight.shape)}`,
    () => `weight [o, ${i}]`,
  );
  demandBias("linear", bias, o);
  const rows = elements(a.shape.slice(0, -1));
  const data = new Float64Array(rows * o);
  for (let row = 0; row < rows; row++)
    for (let out = 0; out < o; out++)
      data[row * o + out] =
        dot(a.data, row * i, weight.data, out * i, i) + (bias === null ? 0 : (bias.data[out] as number));
  return tensor([...a.shape.slice(0, -1), o], data);
};
