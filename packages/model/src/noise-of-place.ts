/** The noise of a part of a picture's latent. It does not depend on how the picture is cut. */
import { fillNormal, type NdArray, type NoiseSource } from "@tadsr/core";
import type { Rectangle } from "./picture.ts";

/**
 * [1, height, width, channels] at a place in a latent with rows of `rowWidth`. The value of a channel at (row, column)
 * is the source's number (row rowWidth + column) channels + channel.
 */
export const noiseOfPlace = (
  source: NoiseSource,
  rowWidth: number,
  { x, y, width, height }: Rectangle,
  channels: number,
): NdArray => {
  const length = width * channels;
  const data = new Float32Array(height * length);
  for (let row = 0; row < height; row++) {
    const position = ((y + row) * rowWidth + x) * channels;
    fillNormal(source, position, data.subarray(row * length, (row + 1) * length));
  }
  return { shape: [1, height, width, channels], data };
};
