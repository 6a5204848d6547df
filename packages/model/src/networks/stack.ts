/**
 * The stack: residual blocks of 3x3 convolutions, all at the size of the low-resolution picture. It is made for
 * photographs on a plain CPU. It has no normalisation, no change of size, and nothing between blocks. So an engine
 * spends nearly all its time in convolutions, and gradients pass the trunk unchanged.
 *
 * A block is y + convolution(leakyRelu(convolution(y) + shift)). The shift is one number for each channel and depends
 * only on the time. In a one-step model the time is fixed, so the shift becomes part of the convolution's bias.
 *
 * It predicts z_0 as z_y plus a residual whose last layer starts at zero, so an untrained model is bicubic. Beside z_y
 * it reads the low-resolution picture and z_t. The weights for z_t start at zero, because noise keeps a small network
 * from learning at first. It is not from the paper; it is f_theta and F_phi for people who have no published weights
 * and no graphics card.
 */
import type { Algebra, Tensors } from "@tadsr/core";
import { convolution, dense, type Layer } from "../layers.ts";
import { COLOURS } from "../picture.ts";
import type { ConditionedNetwork, NetworkInputs } from "./network.ts";
import { sinusoidalFeatures } from "./time-embedding.ts";

export interface StackConfig {
  readonly kind: "stack";
  /** Channels of the latent: 48 for space-to-depth by 4 of RGB. */
  readonly latentChannels: number;
  /** Channels of the trunk. */
  readonly channels: number;
  /** Residual blocks, each of two convolutions. */
  readonly blocks: number;
  /** Sinusoidal features of the time index; even. */
  readonly timeFeatures: number;
  /** Width of the time embedding. */
  readonly timeChannels: number;
}

/** Slope of the LeakyReLU below zero. */
export const STACK_SLOPE = 0.2;

/** The weights by which z_t enters. Training may hold them at zero while the network learns the rest. */
export const NOISY_INPUT = "input.latent";

interface Block {
  readonly parameters: Layer["parameters"];
  run<T>(algebra: Algebra<T>, weights: Tensors<T>, image: T, time: T): T;
}

const residualBlock = (name: string, channels: number, timeChannels: number): Block => {
  const first = convolution(`${name}.conv1`, {
    inputs: channels,
    outputs: channels,
    kernel: 3,
    initial: "small",
  });
  const shift = dense(`${name}.time`, { inputs: timeChannels, outputs: channels, initial: "zeros" });
  const second = convolution(`${name}.conv2`, {
    inputs: channels,
    outputs: channels,
    kernel: 3,
    initial: "small",
  });
  return {
    parameters: [first, shift, second].flatMap((layer) => layer.parameters),
    run: (algebra, weights, image, time) => {
      const shifted = algebra.modulate(
        first.run(algebra, weights, image),
        null,
        shift.run(algebra, weights, time),
      );
      return algebra.add(image, second.run(algebra, weights, algebra.leakyRelu(shifted, STACK_SLOPE)));
    },
  };
};

/** A discriminator reads the trunk at a third, at two thirds, and at its end. */
const readAfter = (blocks: number): readonly number[] =>
  [1, 2, 3].map((part) => Math.max(1, Math.round((part * blocks) / 3)));

/** Any height and width. */
export const stack = (config: StackConfig): ConditionedNetwork => {
  const { latentChannels, channels, timeChannels } = config;
  const embed1 = dense("time.0", { inputs: config.timeFeatures, outputs: timeChannels });
  const embed2 = dense("time.2", { inputs: timeChannels, outputs: timeChannels });
  const ofLatent = convolution(NOISY_INPUT, {
    inputs: latentChannels,
    outputs: channels,
    kernel: 3,
    initial: "zeros",
  });
  const ofPicture = convolution("input.picture", { inputs: COLOURS, outputs: channels, kernel: 3 });
  const blocks = Array.from({ length: config.blocks }, (_, i) =>
    residualBlock(`blocks.${i}`, channels, timeChannels),
  );
  const leave = convolution("output", {
    inputs: channels,
    outputs: latentChannels,
    kernel: 3,
    initial: "zeros",
  });
  /** The trunk after 0, 1, 2, ... blocks. */
  const trunk = <T>(algebra: Algebra<T>, weights: Tensors<T>, inputs: NetworkInputs<T>): readonly T[] => {
    const embedded = embed2.run(algebra, weights, algebra.silu(embed1.run(algebra, weights, inputs.time)));
    const time = algebra.silu(embedded);
    const picture = algebra.sliceChannels(inputs.condition, latentChannels, COLOURS);
    const entered = algebra.add(
      ofPicture.run(algebra, weights, picture),
      ofLatent.run(algebra, weights, inputs.input),
    );
    const states = [entered];
    for (const block of blocks) states.push(block.run(algebra, weights, states.at(-1) as T, time));
    return states;
  };
  const ends = readAfter(config.blocks);
  return {
    parameters: [embed1, embed2, ofLatent, ofPicture, ...blocks, leave].flatMap((part) => part.parameters),
    latentChannels,
    condition: "z_y and picture",
    entrance: NOISY_INPUT,
    timeFeatures: (index, batch) => sinusoidalFeatures(index, batch, config.timeFeatures),
    encoder: {
      channels: ends.map(() => channels),
      strides: ends.map(() => 1),
      run: (algebra) => (weights, inputs) => {
        const states = trunk(algebra, weights, inputs);
        return ends.map((end) => states[Math.min(end, states.length - 1)] as (typeof states)[number]);
      },
    },
    run: (algebra) => (weights, inputs) => {
      const states = trunk(algebra, weights, inputs);
      const z_y = algebra.sliceChannels(inputs.condition, 0, latentChannels);
      return algebra.add(z_y, leave.run(algebra, weights, states.at(-1) as (typeof states)[number]));
    },
  };
};
