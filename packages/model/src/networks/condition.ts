/**
 * A network's input beside z_t. The paper's networks read the low-resolution picture. The residual UNet reads z_y, the
 * latent of the bicubic upsampling. The stack reads both.
 */
import type { Algebra } from "@tadsr/core";
import { COLOURS } from "../picture.ts";

export type Condition = "z_y" | "picture" | "z_y and picture";

interface Conditioned {
  readonly condition: Condition;
  readonly latentChannels: number;
}

/** Channels of the network's `condition`. */
export const conditionChannels = ({ condition, latentChannels }: Conditioned): number => {
  if (condition === "picture") return COLOURS;
  return condition === "z_y" ? latentChannels : latentChannels + COLOURS;
};

/**
 * The `condition` of a network, [n, h, w, conditionChannels].
 *
 * @param z_y [n, h, w, latent channels]
 * @param picture the low-resolution picture in [-1, 1], [n, h, w, 3]; only called if the network reads it
 */
export const conditionOf = <T>(
  { concatChannels }: Pick<Algebra<T>, "concatChannels">,
  { condition }: Conditioned,
  z_y: T,
  picture: () => T,
): T => {
  if (condition === "z_y") return z_y;
  return condition === "picture" ? picture() : concatChannels([z_y, picture()]);
};
