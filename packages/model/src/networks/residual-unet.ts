/**
 * The small network family: a time-conditioned residual UNet at the size of the low-resolution picture.
 *
 * It predicts z_0 as z_y plus a residual. The last layer of the residual starts at zero, so an untrained model is
 * bicubic. It normalises over channels at each pixel, never over space, and has no attention: its receptive field is
 * finite, so tiles join without a seam. It is not from the paper; it is F_phi and f_theta for people who have no
 * published weights.
 *
 * A discriminator reads the output of each level's blocks on the way down. (In the paper's encoder it reads the output
 * of each halving. Here the finest level, which holds the texture, is read too.)
 */
import type { Algebra, Tensors } from "@tadsr/core";
import { convolution, dense, type Layer } from "../layers.ts";
import type { ConditionedNetwork, NetworkInputs } from "./network.ts";
import { sinusoidalFeatures } from "./time-embedding.ts";

export interface ResidualUNetConfig {
  readonly kind: "residual-unet";
  /** Channels of the latent: 48 for space-to-depth by 4 of RGB. */
  readonly latentChannels: number;
  /** Channels of each level, finest first; each further level halves height and width. */
  readonly channels: readonly number[];
  /** Residual blocks of each level, on the way down and (except for the last level) again on the way up. */
  readonly blocks: readonly number[];
  /** Sinusoidal features of the time index; even. */
  readonly timeFeatures: number;
  /** Width of the time embedding. */
  readonly timeChannels: number;
}

const EPSILON = 1e-6;

interface Block {
  readonly parameters: Layer["parameters"];
  run<T>(algebra: Algebra<T>, weights: Tensors<T>, image: T, time: T): T;
}

/** Norm, scale and shift by the time, convolution, SiLU, convolution; then the input is added. */
const residualBlock = (name: string, channels: number, timeChannels: number): Block => {
  const modulation = dense(`${name}.time`, { inputs: timeChannels, outputs: 2 * channels, initial: "zeros" });
  const first = convolution(`${name}.conv1`, { inputs: channels, outputs: channels, kernel: 3 });
  const second = convolution(`${name}.conv2`, {
    inputs: channels,
    outputs: channels,
    kernel: 3,
    initial: "zeros",
  });
  return {
    parameters: [...modulation.parameters, ...first.parameters, ...second.parameters],
    run: (algebra, weights, image, time) => {
      const scaleAndShift = modulation.run(algebra, weights, time);
      const gamma = algebra.sliceChannels(scaleAndShift, 0, channels);
      const beta = algebra.sliceChannels(scaleAndShift, channels, channels);
      const normalised = algebra.modulate(algebra.channelNorm(image, EPSILON), gamma, beta);
      const hidden = algebra.silu(first.run(algebra, weights, normalised));
      return algebra.add(image, second.run(algebra, weights, hidden));
    },
  };
};

const blockList = (name: string, count: number, channels: number, timeChannels: number): Block => {
  const blocks = Array.from({ length: count }, (_, i) =>
    residualBlock(`${name}.${i}`, channels, timeChannels),
  );
  return {
    parameters: blocks.flatMap((block) => block.parameters),
    run: (algebra, weights, image, time) =>
      blocks.reduce((hidden, block) => block.run(algebra, weights, hidden, time), image),
  };
};

interface Level extends Block {
  /** The outputs of the blocks on the way down, of this level and of the coarser ones. */
  encode<T>(algebra: Algebra<T>, weights: Tensors<T>, image: T, time: T): readonly T[];
}

/** One level: blocks, the coarser levels inside, then blocks on the outputs of both. */
const level = (config: ResidualUNetConfig, depth: number): Level => {
  const channels = config.channels[depth] ?? 0;
  const inner = config.channels[depth + 1];
  const count = config.blocks[depth] ?? 0;
  const down = blockList(`down.${depth}`, count, channels, config.timeChannels);
  if (inner === undefined) return { ...down, encode: (...inputs) => [down.run(...inputs)] };
  const coarser = level(config, depth + 1);
  const shrink = convolution(`shrink.${depth}`, {
    inputs: channels,
    outputs: inner,
    kernel: 3,
    stride: 2,
    padding: { top: 0, bottom: 1, left: 0, right: 1 },
  });
  const grow = convolution(`grow.${depth}`, { inputs: inner, outputs: channels, kernel: 1 });
  const up = blockList(`up.${depth}`, count, channels, config.timeChannels);
  return {
    parameters: [down, shrink, coarser, grow, up].flatMap((part) => part.parameters),
    run: (algebra, weights, image, time) => {
      const skip = down.run(algebra, weights, image, time);
      const below = coarser.run(algebra, weights, shrink.run(algebra, weights, skip), time);
      const above = algebra.upsampleNearest(grow.run(algebra, weights, below), 2);
      return up.run(algebra, weights, algebra.add(skip, above), time);
    },
    encode: (algebra, weights, image, time) => {
      const skip = down.run(algebra, weights, image, time);
      return [skip, ...coarser.encode(algebra, weights, shrink.run(algebra, weights, skip), time)];
    },
  };
};

/** Height and width of its latents must be multiples of 2^(levels - 1). */
export const residualUNet = (config: ResidualUNetConfig): ConditionedNetwork => {
  const { latentChannels, timeChannels } = config;
  const channels = config.channels[0] ?? 0;
  const embed1 = dense("time.0", { inputs: config.timeFeatures, outputs: timeChannels });
  const embed2 = dense("time.2", { inputs: timeChannels, outputs: timeChannels });
  const enter = convolution("input", { inputs: 2 * latentChannels, outputs: channels, kernel: 3 });
  const body = level(config, 0);
  const leave = convolution("output", {
    inputs: channels,
    outputs: latentChannels,
    kernel: 3,
    initial: "zeros",
  });
  const begin = <T>(algebra: Algebra<T>, weights: Tensors<T>, inputs: NetworkInputs<T>) => {
    const embedded = embed2.run(algebra, weights, algebra.silu(embed1.run(algebra, weights, inputs.time)));
    const time = algebra.silu(embedded);
    const hidden = enter.run(algebra, weights, algebra.concatChannels([inputs.input, inputs.condition]));
    return { hidden, time };
  };
  return {
    parameters: [embed1, embed2, enter, body, leave].flatMap((part) => part.parameters),
    latentChannels,
    condition: "z_y",
    timeFeatures: (index, batch) => sinusoidalFeatures(index, batch, config.timeFeatures),
    encoder: {
      channels: config.channels,
      strides: config.channels.map((_, depth) => 2 ** depth),
      run: (algebra) => (weights, inputs) => {
        const { hidden, time } = begin(algebra, weights, inputs);
        return body.encode(algebra, weights, hidden, time);
      },
    },
    run: (algebra) => (weights, inputs) => {
      const { hidden, time } = begin(algebra, weights, inputs);
      const result = body.run(algebra, weights, hidden, time);
      const residual = leave.run(algebra, weights, algebra.silu(algebra.channelNorm(result, EPSILON)));
      return algebra.add(inputs.condition, residual);
    },
  };
};
