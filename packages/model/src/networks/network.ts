/** A network that predicts z_0, whatever its architecture. */
import type { Algebra, NdArray, PerSample, Tensors } from "@tadsr/core";
import type { ParameterSpec } from "../parameters.ts";
import type { Condition } from "./condition.ts";

/** Inputs of one prediction; images [n, h, w, channels]. */
export interface NetworkInputs<T> {
  /** z_t, scaled by `scaleInput`. */
  readonly input: T;
  /** The image that the network's `condition` names: see `conditionOf`. */
  readonly condition: T;
  /** `timeFeatures` of the 0-based index: [n, features]. */
  readonly time: T;
}

/** The encoder of a network: it gives the feature maps that a discriminator reads (Eq 9). */
export interface Encoder {
  /** Channels of each feature map. */
  readonly channels: readonly number[];
  /** How many pixels of the latent, per side, one pixel of each feature map covers. */
  readonly strides: readonly number[];
  /** The feature maps k = 0, 1, ...: [n, h / strides[k], w / strides[k], channels[k]]. */
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, inputs: NetworkInputs<T>) => readonly T[];
}

export interface ConditionedNetwork {
  readonly parameters: readonly ParameterSpec[];
  /** Channels of the latent that it reads and predicts. */
  readonly latentChannels: number;
  /** Its input beside z_t. */
  readonly condition: Condition;
  /** The name of the only convolution that reads z_t, if there is just one: see `readsNoise`. */
  readonly entrance?: string;
  /** The time features of a batch's 0-based indices, as the network takes them: a matrix [n, features]. */
  timeFeatures(index: PerSample, batch: number): NdArray;
  readonly encoder: Encoder;
  /** Predicts z_0: [n, h, w, latent channels]. */
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, inputs: NetworkInputs<T>) => T;
}
