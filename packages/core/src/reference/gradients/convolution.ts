/** Pull-backs of the convolutions and of the linear layer: each is linear in its image and in its weight. */
import { channelsLast, kernelShape } from "../convolution.ts";
import { imageShape } from "../tensor.ts";
import { addScaled, addToBias, type PullBackOf } from "./gather.ts";

/** d image[pixel] += dy weight[tap] and d weight[tap] += dy image[pixel], over all outputs and taps. */
export const conv2d: PullBackOf<"conv2d"> = (slope, gather, image, weight, bias, { stride, padding }) => {
  const { n, h, w, c } = imageShape("conv2d", image);
  const kernel = kernelShape("conv2d", weight);
  const { o, kh, kw } = kernel;
  const { h: height, w: width } = imageShape("conv2d", slope);
  const [ofImage, ofWeight] = [gather(image), gather(weight)];
  addToBias(gather(bias), slope.data);
  if (ofImage === null && ofWeight === null) return;
  const taps = channelsLast(weight, kernel);
  const ofTaps = ofWeight === null ? null : new Float64Array(taps.length);
  let from = 0;
  for (let sample = 0; sample < n; sample++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let out = 0; out < o; out++) {
          const dy = slope.data[from++] as number;
          if (dy === 0) continue;
          for (let ky = 0; ky < kh; ky++) {
            const row = y * stride + ky - padding.top;
            if (row < 0 || row >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const column = x * stride + kx - padding.left;
              if (column < 0 || column >= w) continue;
              const pixel = ((sample * h + row) * w + column) * c;
              const tap = ((out * kh + ky) * kw + kx) * c;
              if (ofImage !== null) addScaled(ofImage, pixel, taps, tap, dy, c);
              if (ofTaps !== null) addScaled(ofTaps, tap, image.data, pixel, dy, c);
            }
          }
        }
  if (ofWeight === null || ofTaps === null) return;
  let to = 0;
  for (let out = 0; out < o; out++)
    for (let channel = 0; channel < c; channel++)
      for (let k = 0; k < kh * kw; k++, to++)
        ofWeight[to] = (ofWeight[to] as number) + (ofTaps[(out * kh * kw + k) * c + channel] as number);
};

/** As `conv2d`, but each channel by itself. */
export const depthwiseConv2d: PullBackOf<"depthwiseConv2d"> = (
  slope,
  gather,
  image,
  weight,
  bias,
  { stride, padding },
) => {
  const { n, h, w, c } = imageShape("depthwiseConv2d", image);
  const { kh, kw } = kernelShape("depthwiseConv2d", weight);
  const { h: height, w: width } = imageShape("depthwiseConv2d", slope);
  const [ofImage, ofWeight] = [gather(image), gather(weight)];
  addToBias(gather(bias), slope.data);
  let from = 0;
  for (let sample = 0; sample < n; sample++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let channel = 0; channel < c; channel++) {
          const dy = slope.data[from++] as number;
          for (let ky = 0; ky < kh; ky++) {
            const row = y * stride + ky - padding.top;
            if (row < 0 || row >= h) continue;
            for (let kx = 0; kx < kw; kx++) {
              const column = x * stride + kx - padding.left;
              if (column < 0 || column >= w) continue;
              const pixel = ((sample * h + row) * w + column) * c + channel;
              const tap = (channel * kh + ky) * kw + kx;
              if (ofImage !== null) addScaled(ofImage, pixel, weight.data, tap, dy, 1);
              if (ofWeight !== null) addScaled(ofWeight, tap, image.data, pixel, dy, 1);
            }
          }
        }
};

/** With y = a W^T + b: da = dy W, dW = dy^T a. */
export const linear: PullBackOf<"linear"> = (slope, gather, a, weight, bias) => {
  const [o, i] = weight.shape as readonly [number, number];
  const [ofRows, ofWeight] = [gather(a), gather(weight)];
  addToBias(gather(bias), slope.data);
  for (let row = 0; row < slope.data.length / o; row++)
    for (let out = 0; out < o; out++) {
      const dy = slope.data[row * o + out] as number;
      if (ofRows !== null) addScaled(ofRows, row * i, weight.data, out * i, dy, i);
      if (ofWeight !== null) addScaled(ofWeight, out * i, a.data, row * i, dy, i);
    }
};
