/** Turns a batch of pictures into latents on the engine. */
import type { Engine } from "@tadsr/core";
import {
  around,
  BICUBIC_REACH,
  bicubicLatentKernel,
  COLOURS,
  type ConditionedNetwork,
  conditionOf,
} from "@tadsr/model";
import type { TrainingBatch } from "./batches.ts";

/** The space-to-depth factor, which is also the factor of the small family. */
export const LATENT_FACTOR = 4;

/** The photographs from which the small pictures were made. */
export interface Originals<T> {
  /** [n, H, W, 3] in [-1, 1]. */
  readonly pictures: T;
  /** Their latent: [n, H/4, W/4, 48]. */
  readonly z_0: T;
}

export interface Latents<T> {
  readonly batch: number;
  /** Shape of the latents: [n, h, w, 48]. */
  readonly shape: readonly number[];
  /** The low-resolution pictures [n, h, w, 3] in [-1, 1]. */
  readonly small: T;
  /** The latent z_y of the bicubic upsampling. */
  readonly z_y: T;
  /** The network's inputs besides z_t. */
  readonly condition: T;
  /** null if the batch has none. */
  readonly originals: Originals<T> | null;
}

/** Makes the latents of one batch after another. */
export interface LatentMaker<T> {
  of(batch: TrainingBatch, samples: number): Latents<T>;
  readonly frozen: readonly T[];
}

/** Each picture [side, side, 3] of a batch with `reach` more pixels on each side, which repeat its edge. */
const continued = (data: Float32Array, batch: number, side: number, reach: number): Float32Array => {
  const wide = side + 2 * reach;
  const result = new Float32Array(batch * wide * wide * COLOURS);
  const within = (place: number): number => Math.min(side - 1, Math.max(0, place - reach));
  let to = 0;
  for (let n = 0; n < batch; n++)
    for (let row = 0; row < wide; row++)
      for (let column = 0; column < wide; column++) {
        const from = ((n * side + within(row)) * side + within(column)) * COLOURS;
        for (let colour = 0; colour < COLOURS; colour++) result[to++] = data[from + colour] as number;
      }
  return result;
};

/** Uploads the kernel of the bicubic upsampling, once. */
export const openLatents = <T>(
  engine: Engine<T>,
  network: Pick<ConditionedNetwork, "condition" | "latentChannels">,
): LatentMaker<T> => {
  const { algebra } = engine;
  const kernel = engine.upload("convolution", bicubicLatentKernel(LATENT_FACTOR));
  return {
    of: ({ hr, lr }, batch) => {
      const side = Math.sqrt(lr.length / (batch * COLOURS));
      const wide = side + 2 * BICUBIC_REACH;
      const small = engine.upload("image", { shape: [batch, side, side, COLOURS], data: lr });
      const bordered = engine.upload("image", {
        shape: [batch, wide, wide, COLOURS],
        data: continued(lr, batch, side, BICUBIC_REACH),
      });
      const z_y = algebra.conv2d(bordered, kernel, null, { stride: 1, padding: around(0) });
      const large = side * LATENT_FACTOR;
      const pictures =
        hr === null ? null : engine.upload("image", { shape: [batch, large, large, COLOURS], data: hr });
      return {
        batch,
        shape: [batch, side, side, COLOURS * LATENT_FACTOR ** 2],
        small,
        z_y,
        condition: conditionOf(algebra, network, z_y, () => small),
        originals:
          pictures === null ? null : { pictures, z_0: algebra.spaceToDepth(pictures, LATENT_FACTOR) },
      };
    },
    frozen: [kernel],
  };
};

/** The batch's originals. Options are checked before, so it is a defect if a term needs them and there are none. */
export const originalsOf = <T>({ originals }: Latents<T>): Originals<T> => {
  if (originals === null)
    throw new Error("a term needs the photographs, but the batch has only small pictures");
  return originals;
};
