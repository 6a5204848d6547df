/** What every network that predicts z_0 offers, whatever is inside. */
import type { Algebra, NdArray, PerSample, Tensors } from "@tadsr/core";
import type { ParameterSpec } from "../parameters.ts";
import type { Condition } from "./condition.ts";

/** Inputs of one prediction; images [n, h, w, channels]. */
export interface NetworkInputs<T> {
  /** z_t, scaled by `scaleInput`. */
  readonly input: T;
  /** What the network's `condition` names: see `conditionOf`. */
  readonly condition: T;
  /** `timeFeatures` of the 0-based index: [n, features]. */
  readonly time: T;
}

/** The part of a network that goes down: the feature maps that a discriminator reads (Eq 9). */
export interface Encoder {
  /** Channels of each feature map. */
  readonly channels: readonly number[];
  /** Pixels of the latent a side for each pixel of the feature map. */
  readonly strides: readonly number[];
  /** The feature maps k = 0, 1, ...: [n, h / strides[k], w / strides[k], channels[k]]. */
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, inputs: NetworkInputs<T>) => readonly T[];
}

export interface ConditionedNetwork {
  readonly parameters: readonly ParameterSpec[];
  /** Channels of the latent it reads and predicts. */
  readonly latentChannels: number;
  /** What it is told beside z_t. */
  readonly condition: Condition;
  /** The convolution by which alone z_t enters, by its name, where there is one: see `readsNoise`. */
  readonly entrance?: string;
  /** The features of a batch's 0-based indices that the network is fed as a matrix [n, features]. */
  timeFeatures(index: PerSample, batch: number): NdArray;
  readonly encoder: Encoder;
  /** Predicts z_0: [n, h, w, latent channels]. */
  run<T>(algebra: Algebra<T>): (weights: Tensors<T>, inputs: NetworkInputs<T>) => T;
}
