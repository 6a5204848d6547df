/** Whether a network, as its weights are, reads z_t at all. */
import type { NdArray, Tensors } from "@tadsr/core";
import type { ConditionedNetwork } from "./network.ts";

/**
 * False where the weights by which alone z_t enters are zero, as those of a stack are that was trained without noise:
 * what it predicts is then the same whatever z_t is, and no noise need be drawn for it.
 */
export const readsNoise = (
  { entrance }: Pick<ConditionedNetwork, "entrance">,
  weights: Tensors<NdArray>,
): boolean =>
  entrance === undefined || (weights[`${entrance}.weight`]?.data.some((value) => value !== 0) ?? true);
