/** From a batch of picture pairs to latents on the engine. */
import type { Engine } from "@tadsr/core";
import { bicubicResize } from "@tadsr/model";
import type { TrainingBatch } from "./batches.ts";

/** The space-to-depth factor, which is the magnification of the small family. */
export const LATENT_FACTOR = 4;

export interface Latents<T> {
  readonly batch: number;
  /** Shape of the latents: [n, H/4, W/4, 48]. */
  readonly shape: readonly number[];
  /** The original pictures [n, H, W, 3] in [-1, 1]. */
  readonly pictures: T;
  /** Their latent z_0. */
  readonly z_0: T;
  /** The latent z_y of the bicubic upsampling. */
  readonly z_y: T;
}

/** Bicubic upsampling of each low-resolution crop [n, side, side, 3] by four. */
const upsampled = (lr: Float32Array, batch: number, side: number): Float32Array => {
  const large = side * LATENT_FACTOR;
  const result = new Float32Array(batch * large * large * 3);
  const length = side * side * 3;
  for (let n = 0; n < batch; n++) {
    const data = lr.subarray(n * length, (n + 1) * length);
    const picture = bicubicResize({ width: side, height: side, channels: 3, data }, large, large);
    result.set(picture.data, n * large * large * 3);
  }
  return result;
};

export const latentsOf = <T>(engine: Engine<T>, { hr, lr }: TrainingBatch, batch: number): Latents<T> => {
  const side = Math.sqrt(lr.length / (batch * 3));
  const large = side * LATENT_FACTOR;
  const shape = [batch, large, large, 3];
  const pictures = engine.upload("image", { shape, data: hr });
  const bicubic = engine.upload("image", { shape, data: upsampled(lr, batch, side) });
  return {
    batch,
    shape: [batch, side, side, 3 * LATENT_FACTOR ** 2],
    pictures,
    z_0: engine.algebra.spaceToDepth(pictures, LATENT_FACTOR),
    z_y: engine.algebra.spaceToDepth(bicubic, LATENT_FACTOR),
  };
};
