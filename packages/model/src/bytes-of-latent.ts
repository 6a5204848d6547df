/** A latent's pixels as bytes, in one pass on the host over the part that is kept. */
import type { NdArray } from "@tadsr/core";
import type { Rectangle } from "./picture.ts";

/**
 * The bytes of a part of the picture that `pixelsOfLatent` makes of a latent: [height factor, width factor, c]. -1 to 1
 * becomes 0 to 255, rounded and clamped. `kept` is the part, in pixels of the latent. Null if one of its values is not
 * finite.
 *
 * @param latent [1, h, w, c factor^2]
 */
export const bytesOfLatent = (
  { shape, data }: NdArray,
  kept: Rectangle,
  factor: number,
): Uint8Array | null => {
  const [, , rowLength = 0, deep = 0] = shape;
  const area = factor * factor;
  const channels = deep / area;
  const bytes = new Uint8ClampedArray(kept.width * kept.height * deep);
  // 0 while every value is finite, NaN after the first that is not.
  let rest = 0;
  let to = 0;
  for (let row = kept.y; row < kept.y + kept.height; row++)
    for (let y = 0; y < factor; y++)
      for (let column = kept.x; column < kept.x + kept.width; column++) {
        const from = (row * rowLength + column) * deep + y * factor;
        for (let x = 0; x < factor; x++)
          for (let c = 0; c < channels; c++) {
            const value = data[from + c * area + x] as number;
            rest += value * 0;
            bytes[to++] = (value + 1) * 127.5;
          }
      }
  return rest === 0 ? new Uint8Array(bytes.buffer) : null;
};
