/**
 * The time-aware discriminator (Eq 10). For each feature map of the frozen teacher's encoder it has a GroupNorm whose
 * scale and shift come from the time, SiLU, a 3x3 convolution, and a head that reads the pixels as one sequence (the
 * paper, section IV). Without the time it is the plain GAN of the paper's ablation.
 *
 * Its convolutions over the sequence are spectrally normalised, as in PyTorch. Each has vectors u and v that are not
 * learned: they follow the weight by one power iteration in each training pass. They are the `state`.
 */
import {
  type Algebra,
  type HeadLogits,
  modulateFeatures,
  type NdArray,
  type PerSample,
  type Tensors,
} from "@tadsr/core";
import { around, convolution, dense, groupNormalization, type Layer } from "../layers.ts";
import type { ParameterSpec } from "../parameters.ts";
import { type SpectralConvolution, spectralConvolution } from "./spectral-convolution.ts";
import { sinusoidalFeatures } from "./time-embedding.ts";

export interface DiscriminatorConfig {
  readonly kind: "discriminator";
  /** Channels of each feature map. */
  readonly channels: readonly number[];
  /** How many times smaller each map is than the latent, per side: it weighs the heads. If absent, all weigh alike. */
  readonly strides?: readonly number[];
  /** Sinusoidal features of the time index; even. */
  readonly timeFeatures: number;
  /** Logits of each head at each pixel. */
  readonly outputs: number;
  /** False: the time is not an input. */
  readonly timeAware: boolean;
}

/** Feature maps [n, h, w, channels[k]] of one latent each, and their time's features [n, timeFeatures]. */
export interface DiscriminatorInputs<T> {
  readonly features: readonly T[];
  readonly time: T;
}

export interface Discriminator {
  readonly config: DiscriminatorConfig;
  readonly parameters: readonly ParameterSpec[];
  /** The vectors u [outputs] and v [inputs of an output] of each spectrally normalised weight. */
  readonly state: readonly ParameterSpec[];
  /** [n, timeFeatures] of 0-based indices. */
  timeFeatures(index: PerSample, batch: number): NdArray;
  /** The logits of each head: an image [n, h, w, outputs] of its feature map's size. */
  run<T>(
    algebra: Algebra<T>,
  ): (weights: Tensors<T>, state: Tensors<T>, inputs: DiscriminatorInputs<T>) => readonly HeadLogits<T>[];
  /** One power iteration for every weight: v from W^T u, then u from W v. No gradient passes. */
  powerIteration<T>(algebra: Algebra<T>): (weights: Tensors<T>, state: Tensors<T>) => Tensors<T>;
}

const EPSILON = 1e-5;
const FEATURE_GROUPS = 32;
const HEAD_GROUPS = 4;
const SLOPE = 0.2;
/** Pixels that a head's longer convolution spans. A feature map needs at least as many. */
export const HEAD_SPAN = 9;

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** This many groups, or the most that divide it and the channels (published channels are multiples of 32). */
const groupNorm = (name: string, channels: number, groups: number): Layer =>
  groupNormalization(name, channels, { groups: divisor(groups, channels), epsilon: EPSILON });

/** Eq 10, and the input of a head. */
const featureLayer = (index: number, channels: number, { timeAware, timeFeatures }: DiscriminatorConfig) => {
  const projection = dense(`emb_layers.${index}.1`, { inputs: timeFeatures, outputs: 2 * channels });
  const norm = groupNorm(`out_layers.${index}.0`, channels, FEATURE_GROUPS);
  const mix = convolution(`out_layers.${index}.3`, {
    inputs: channels,
    outputs: channels,
    kernel: 3,
    padding: around(1),
    initial: "zeros",
  });
  return {
    parameters: [timeAware ? projection : { parameters: [] }, norm, mix].flatMap((part) => part.parameters),
    run: <T>(algebra: Algebra<T>, weights: Tensors<T>, features: T, time: T): T => {
      const normalise = (image: T): T => norm.run(algebra, weights, image);
      const modulated = (): T => {
        const projected = projection.run(algebra, weights, algebra.silu(time));
        const gamma_k = algebra.sliceChannels(projected, 0, channels);
        const beta_k = algebra.sliceChannels(projected, channels, channels);
        return modulateFeatures(algebra)(normalise, features, gamma_k, beta_k);
      };
      return mix.run(algebra, weights, algebra.silu(timeAware ? modulated() : normalise(features)));
    },
  };
};

const headLayer = (index: number, channels: number, outputs: number) => {
  const name = (part: string): string => `heads.${index}.${part}`;
  const square = { inputs: channels, outputs: channels };
  const first = spectralConvolution(name("main.0.0"), { ...square, span: 1 });
  const firstNorm = groupNorm(name("main.0.1"), channels, HEAD_GROUPS);
  const second = spectralConvolution(name("main.1.fn.0"), { ...square, span: HEAD_SPAN });
  const secondNorm = groupNorm(name("main.1.fn.1"), channels, HEAD_GROUPS);
  const last = spectralConvolution(name("cls"), { inputs: channels, outputs, span: 1 });
  const spectral = [first, second, last];
  return {
    parameters: [first, firstNorm, second, secondNorm, last].flatMap((part) => part.parameters),
    state: spectral.flatMap((part) => part.state),
    run: <T>(algebra: Algebra<T>, weights: Tensors<T>, state: Tensors<T>, image: T): T => {
      const block = (convolved: SpectralConvolution, norm: Layer, input: T): T =>
        algebra.leakyRelu(norm.run(algebra, weights, convolved.run(algebra, weights, state, input)), SLOPE);
      const hidden = block(first, firstNorm, image);
      const residual = algebra.add(hidden, block(second, secondNorm, hidden));
      return last.run(algebra, weights, state, algebra.scale(residual, Math.SQRT1_2));
    },
    powerIteration: <T>(algebra: Algebra<T>, weights: Tensors<T>, state: Tensors<T>): Tensors<T> =>
      Object.assign({}, ...spectral.map((part) => part.powerIteration(algebra, weights, state))),
  };
};

/** Every feature map has at least `HEAD_SPAN` pixels. */
export const discriminator = (config: DiscriminatorConfig): Discriminator => {
  const { channels, strides, outputs, timeFeatures } = config;
  const scales = channels.map((count, index) => ({
    prepare: featureLayer(index, count, config),
    head: headLayer(index, count, outputs),
    // A head has as many logits as its map has pixels, which is 1 / stride^2 of the latent's.
    count: 1 / (strides?.[index] ?? 1) ** 2,
  }));
  return {
    config,
    parameters: scales.flatMap(({ prepare, head }) => [...head.parameters, ...prepare.parameters]),
    state: scales.flatMap(({ head }) => head.state),
    timeFeatures: (index, batch) => sinusoidalFeatures(index, batch, timeFeatures),
    run:
      (algebra) =>
      (weights, state, { features, time }) => {
        if (features.length !== scales.length) {
          throw new Error(`the discriminator got ${features.length} feature maps, expected ${scales.length}`);
        }
        return scales.map(({ prepare, head, count }, index) => {
          const prepared = prepare.run(algebra, weights, features[index] as (typeof features)[number], time);
          return { logits: head.run(algebra, weights, state, prepared), count };
        });
      },
    powerIteration: (algebra) => (weights, state) =>
      Object.assign({}, ...scales.map(({ head }) => head.powerIteration(algebra, weights, state))),
  };
};
