/**
 * Bicubic upsampling by a whole factor, as a convolution. Each pixel of the picture gives factor x factor pixels of
 * the result. Each of these is a weighted sum of the 5x5 pixels around it, with the same weights everywhere. The latent
 * z_y of the small family has those pixels as its channels, so z_y is one convolution of the picture, whose edge
 * pixels are repeated outward.
 */
import type { NdArray } from "@tadsr/core";
import { COLOURS } from "./picture.ts";
import { bicubicResize } from "./resize.ts";

/** How many pixels around its own a result depends on, on each side: half of the kernel. */
export const BICUBIC_REACH = 2;
const SIDE = 2 * BICUBIC_REACH + 1;

/**
 * [colours factor^2, colours, 5, 5]. Convolved with a picture [n, h + 4, w + 4, colours] whose edges are repeated
 * twice, it gives `latentOfPixels` of the picture's `bicubicResize` by the factor (channel = c factor^2 + y factor +
 * x).
 *
 * The numbers come from `bicubicResize` itself: its results at the middle of 25 pictures of 5x5 pixels, each with one
 * pixel of value 1. So they are rounded to float32.
 */
export const bicubicLatentKernel = (factor: number): NdArray => {
  const taps = SIDE * SIDE;
  const impulses = { width: SIDE, height: SIDE, channels: taps, data: new Float32Array(taps * taps) };
  for (let tap = 0; tap < taps; tap++) impulses.data[tap * taps + tap] = 1;
  const side = SIDE * factor;
  const middle = { x: BICUBIC_REACH * factor, y: BICUBIC_REACH * factor, width: factor, height: factor };
  // [factor, factor, 25]: for each pixel that the middle one gives, the weights of the 25 pixels around.
  const { data } = bicubicResize(impulses, side, side, middle);
  const kernel = new Float32Array(COLOURS * factor * factor * COLOURS * taps);
  for (let colour = 0; colour < COLOURS; colour++)
    for (let pixel = 0; pixel < factor * factor; pixel++) {
      const row = (colour * factor * factor + pixel) * COLOURS + colour;
      kernel.set(data.subarray(pixel * taps, (pixel + 1) * taps), row * taps);
    }
  return { shape: [COLOURS * factor * factor, COLOURS, SIDE, SIDE], data: kernel };
};
