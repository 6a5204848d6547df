/**
 * Bicubic upsampling by a whole factor as a convolution: each pixel of the picture gives factor x factor of the
 * result, weighed sums of the 5x5 pixels around it, the same everywhere. So the latent z_y of the small family, which
 * has those as its channels, is one convolution of a picture that is continued by its edge pixels.
 */
import type { NdArray } from "@tadsr/core";
import { COLOURS } from "./picture.ts";
import { bicubicResize } from "./resize.ts";

/** Pixels on each side of a pixel that what is made of it depends on: half of the kernel. */
export const BICUBIC_REACH = 2;
const SIDE = 2 * BICUBIC_REACH + 1;

/**
 * [colours factor^2, colours, 5, 5]: a picture [n, h + 4, w + 4, colours], its edges repeated twice, becomes by it
 * what `latentOfPixels` makes of the picture's `bicubicResize` by the factor (channel = c factor^2 + y factor + x).
 *
 * The numbers are `bicubicResize`'s own: what it makes of the middle of 25 pictures of 5x5 pixels, one of which is
 * 1 in each, and so rounded to float32.
 */
export const bicubicLatentKernel = (factor: number): NdArray => {
  const taps = SIDE * SIDE;
  const impulses = { width: SIDE, height: SIDE, channels: taps, data: new Float32Array(taps * taps) };
  for (let tap = 0; tap < taps; tap++) impulses.data[tap * taps + tap] = 1;
  const side = SIDE * factor;
  const middle = { x: BICUBIC_REACH * factor, y: BICUBIC_REACH * factor, width: factor, height: factor };
  // [factor, factor, 25]: for each pixel that the middle one gives, its weights of the 25 around.
  const { data } = bicubicResize(impulses, side, side, middle);
  const kernel = new Float32Array(COLOURS * factor * factor * COLOURS * taps);
  for (let colour = 0; colour < COLOURS; colour++)
    for (let pixel = 0; pixel < factor * factor; pixel++) {
      const row = (colour * factor * factor + pixel) * COLOURS + colour;
      kernel.set(data.subarray(pixel * taps, (pixel + 1) * taps), row * taps);
    }
  return { shape: [COLOURS * factor * factor, COLOURS, SIDE, SIDE], data: kernel };
};
