/** Whether a network with its present weights reads z_t at all. */
import type { NdArray, Tensors } from "@tadsr/core";
import type { ConditionedNetwork } from "./network.ts";

/**
 * False if z_t enters only by weights that are all zero, as in a stack that was trained without noise. The prediction
 * then does not depend on z_t, so no noise need be drawn.
 */
export const readsNoise = (
  { entrance }: Pick<ConditionedNetwork, "entrance">,
  weights: Tensors<NdArray>,
): boolean =>
  entrance === undefined || (weights[`${entrance}.weight`]?.data.some((value) => value !== 0) ?? true);
