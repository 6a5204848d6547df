import type { Engine, PerSample, Predictor, Tensors } from "@tadsr/core";
import { type Lifetimes, releasingAlgebra } from "../lifetimes.ts";
import type { ConditionedNetwork } from "./network.ts";

/** Whether the network is called at one time only. Then an engine may compute once what depends on the time. */
export interface PredictorOptions {
  readonly isTimeFixed: boolean;
}

/**
 * The network in the form that core's samplers and losses take: z_t scaled and a 0-based index in, z_0 out.
 * `condition` is that of the same batch (`conditionOf`).
 */
export const predictor =
  <T>(
    engine: Engine<T>,
    network: ConditionedNetwork,
    weights: Tensors<T>,
    condition: T,
    batch: number,
    { isTimeFixed }: PredictorOptions = { isTimeFixed: false },
  ): Predictor<T> =>
  (input, index) =>
    network.run(engine.algebra)(weights, {
      input,
      condition,
      time: engine.upload("matrix", network.timeFeatures(index, batch), isTimeFixed ? "constant" : "data"),
    });

/** `predictor` for one sample, in little memory: intermediates are released after their last use. */
export const frugalPredictor =
  <T>(
    engine: Engine<T>,
    network: ConditionedNetwork,
    lifetimes: Lifetimes,
    weights: Tensors<T>,
    condition: T,
    options?: PredictorOptions,
  ): Predictor<T> =>
  (input, index) => {
    // An algebra that releases serves one run of the network.
    const frugal = { ...engine, algebra: releasingAlgebra(engine, lifetimes) };
    return predictor(frugal, network, weights, condition, 1, options)(input, index);
  };

/** The network's encoder in the form of Eq 9: z_t scaled and a 0-based index in, feature maps out. */
export const featureReader =
  <T>(
    engine: Engine<T>,
    network: ConditionedNetwork,
    weights: Tensors<T>,
    condition: T,
    batch: number,
  ): ((input: T, index: PerSample) => readonly T[]) =>
  (input, index) =>
    network.encoder.run(engine.algebra)(weights, {
      input,
      condition,
      time: engine.upload("matrix", network.timeFeatures(index, batch)),
    });
