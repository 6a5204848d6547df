/** The blocks of the paper's UNet besides its Swin layers: residual blocks and resizing (ResShift, models/unet.py). */
import type { Algebra, Tensors } from "@tadsr/core";
import { convolution, dense, groupNormalization, type Layer } from "../layers.ts";
import type { ParameterSpec } from "../parameters.ts";
import { NORM } from "./swin-layer.ts";

/** A step of the UNet, from an image and the time's embedding [n, channels] after a SiLU. */
export interface Block {
  readonly parameters: readonly ParameterSpec[];
  run<T>(algebra: Algebra<T>, weights: Tensors<T>, image: T, time: T): T;
}

/** Runs the steps one after another. */
export const inSequence = (blocks: readonly Block[]): Block => ({
  parameters: blocks.flatMap(({ parameters }) => parameters),
  run: (algebra, weights, image, time) =>
    blocks.reduce((hidden, block) => block.run(algebra, weights, hidden, time), image),
});

interface ResidualShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly timeChannels: number;
  readonly scaleShift: boolean;
}

/**
 * Norm, SiLU, convolution; norm, scale and shift by the time, SiLU, convolution; then the input is added. If the
 * channels change, the input goes through a 1x1 convolution. Without `scaleShift` the time is added before the second
 * norm.
 */
export const residualBlock = (name: string, shape: ResidualShape): Block => {
  const { inputs, outputs, timeChannels, scaleShift } = shape;
  const norm1 = groupNormalization(`${name}.in_layers.0`, inputs, NORM);
  const conv1 = convolution(`${name}.in_layers.2`, { inputs, outputs, kernel: 3 });
  const embed = dense(`${name}.emb_layers.1`, {
    inputs: timeChannels,
    outputs: scaleShift ? 2 * outputs : outputs,
  });
  const norm2 = groupNormalization(`${name}.out_layers.0`, outputs, NORM);
  const conv2 = convolution(`${name}.out_layers.3`, { inputs: outputs, outputs, kernel: 3 });
  const skip: Layer | null =
    inputs === outputs ? null : convolution(`${name}.skip_connection`, { inputs, outputs, kernel: 1 });
  const timed = <T>(algebra: Algebra<T>, weights: Tensors<T>, hidden: T, time: T): T => {
    const embedded = embed.run(algebra, weights, time);
    if (!scaleShift) return norm2.run(algebra, weights, algebra.modulate(hidden, null, embedded));
    const gamma = algebra.sliceChannels(embedded, 0, outputs);
    const beta = algebra.sliceChannels(embedded, outputs, outputs);
    return algebra.modulate(norm2.run(algebra, weights, hidden), gamma, beta);
  };
  return {
    parameters: [norm1, conv1, embed, norm2, conv2, ...(skip === null ? [] : [skip])].flatMap(
      ({ parameters }) => parameters,
    ),
    run: (algebra, weights, image, time) => {
      const hidden = conv1.run(algebra, weights, algebra.silu(norm1.run(algebra, weights, image)));
      const modulated = timed(algebra, weights, hidden, time);
      const residual = conv2.run(algebra, weights, algebra.silu(modulated));
      return algebra.add(skip === null ? image : skip.run(algebra, weights, image), residual);
    },
  };
};

/** Half the height and width: a 3x3 convolution with stride 2, padded by 1 on every side. */
export const downsampling = (name: string, inputs: number, outputs = inputs): Layer =>
  convolution(`${name}.op`, {
    inputs,
    outputs,
    kernel: 3,
    stride: 2,
    padding: { top: 1, bottom: 1, left: 1, right: 1 },
  });

/** Twice the height and width: each pixel repeated, then a 3x3 convolution. */
export const upsampling = (name: string, channels: number): Layer => {
  const smooth = convolution(`${name}.conv`, { inputs: channels, outputs: channels, kernel: 3 });
  return {
    parameters: smooth.parameters,
    run: (algebra, weights, image) => smooth.run(algebra, weights, algebra.upsampleNearest(image, 2)),
  };
};
