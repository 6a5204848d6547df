import type { Engine, Predictor, Tensors } from "@tadsr/core";
import type { ConditionedNetwork } from "./network.ts";

/**
 * The network as core's samplers and losses want it: z_t scaled and a 0-based index in, z_0 out.
 * `condition` is z_y of the same batch.
 */
export const predictor =
  <T>(
    engine: Engine<T>,
    network: ConditionedNetwork,
    weights: Tensors<T>,
    condition: T,
    batch: number,
  ): Predictor<T> =>
  (input, index) =>
    network.run(engine.algebra)(weights, {
      input,
      condition,
      time: engine.upload("matrix", network.timeFeatures(index, batch)),
    });
