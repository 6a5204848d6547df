/**
 * The space-to-depth latent of the small model family, on the host. It is lossless, and its channels have the order of
 * the algebra's `spaceToDepth` (channel = c factor^2 + y factor + x, PyTorch's `pixel_unshuffle`).
 */
import type { NdArray } from "@tadsr/core";
import type { FloatRaster } from "./picture.ts";

/** Calls `visit(latent, pixel)` for every value with its two places, both counted from 0. */
const forEachValue = (
  height: number,
  width: number,
  channels: number,
  factor: number,
  visit: (latent: number, pixel: number) => void,
): void => {
  const wide = width * factor * channels;
  let latent = 0;
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let c = 0; c < channels; c++)
        for (let y = 0; y < factor; y++) {
          const start = (row * factor + y) * wide + column * factor * channels + c;
          for (let x = 0; x < factor; x++) visit(latent++, start + x * channels);
        }
};

/** [H, W, c] -> [1, H / factor, W / factor, c factor^2]. Throws if the size is no multiple of the factor. */
export const latentOfPixels = ({ width, height, channels, data }: FloatRaster, factor: number): NdArray => {
  if (width % factor !== 0 || height % factor !== 0)
    throw new RangeError(
      `a latent of factor ${factor} from ${width} x ${height} pixels; expected multiples of it`,
    );
  const shape = [1, height / factor, width / factor, channels * factor * factor];
  const result = new Float32Array(data.length);
  forEachValue(height / factor, width / factor, channels, factor, (latent, pixel) => {
    result[latent] = data[pixel] as number;
  });
  return { shape, data: result };
};

/** The inverse: [1, h, w, c factor^2] -> [h factor, w factor, c]. */
export const pixelsOfLatent = ({ shape, data }: NdArray, factor: number): FloatRaster => {
  const [, height = 0, width = 0, deep = 0] = shape;
  const channels = deep / (factor * factor);
  const result = new Float32Array(data.length);
  forEachValue(height, width, channels, factor, (latent, pixel) => {
    result[pixel] = data[latent] as number;
  });
  return { width: width * factor, height: height * factor, channels, data: result };
};
