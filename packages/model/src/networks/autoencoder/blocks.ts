/** The blocks of the encoder and the decoder. Names within a block are those of the authors' files. */
import type { GroupNormOptions } from "@tadsr/core";
import { convolution, groupNormalization, type Layer } from "../../layers.ts";
import { GROUPS } from "./config.ts";

const NORM: GroupNormOptions = { groups: GROUPS, epsilon: 1e-6 };

/** The norm of all its blocks: 32 groups, so channels are a multiple of 32. */
export const norm = (name: string, channels: number): Layer => groupNormalization(name, channels, NORM);

/** x sigmoid(x). */
export const swish: Layer = {
  parameters: [],
  run: (algebra, _, input) => algebra.silu(input),
};

/** One layer after the other. */
export const inSequence = (layers: readonly Layer[]): Layer => ({
  parameters: layers.flatMap((layer) => layer.parameters),
  run: (algebra, weights, input) =>
    layers.reduce((hidden, layer) => layer.run(algebra, weights, hidden), input),
});

/** branch(x) + x. If the channels change, x goes through a 1x1 convolution first. */
const withShortcut = (branch: Layer, shortcut: Layer): Layer => ({
  parameters: [...branch.parameters, ...shortcut.parameters],
  run: (algebra, weights, input) =>
    algebra.add(shortcut.run(algebra, weights, input), branch.run(algebra, weights, input)),
});

/** Norm, swish and a 3x3 convolution, twice; then the input is added. */
const residualBlock = (name: string, inputs: number, outputs: number): Layer =>
  withShortcut(
    inSequence([
      norm(`${name}.norm1`, inputs),
      swish,
      convolution(`${name}.conv1`, { inputs, outputs, kernel: 3 }),
      norm(`${name}.norm2`, outputs),
      swish,
      convolution(`${name}.conv2`, { inputs: outputs, outputs, kernel: 3 }),
    ]),
    inputs === outputs ? inSequence([]) : convolution(`${name}.nin_shortcut`, { inputs, outputs, kernel: 1 }),
  );

/**
 * Norm, and attention with one head among all pixels; then the input is added. The scores of n pixels are n^2 numbers:
 * 64 MB in float32 for the latent of a 256 x 256 picture under f4, 1 GB at 512 x 512.
 */
const attentionBlock = (name: string, channels: number): Layer => {
  const projection = (part: string): Layer =>
    convolution(`${name}.${part}`, { inputs: channels, outputs: channels, kernel: 1 });
  const normalise = norm(`${name}.norm`, channels);
  const [query, key, value, project] = [
    projection("q"),
    projection("k"),
    projection("v"),
    projection("proj_out"),
  ];
  const branch: Layer = {
    parameters: [normalise, query, key, value, project].flatMap((layer) => layer.parameters),
    run: (algebra, weights, input) => {
      const normalised = normalise.run(algebra, weights, input);
      const mixed = algebra.attention(
        query.run(algebra, weights, normalised),
        key.run(algebra, weights, normalised),
        value.run(algebra, weights, normalised),
        { heads: 1 },
      );
      return project.run(algebra, weights, mixed);
    },
  };
  return withShortcut(branch, inSequence([]));
};

/** The middle of both networks: a residual block, attention, a residual block. */
export const middle = (name: string, channels: number): Layer =>
  inSequence([
    residualBlock(`${name}.block_1`, channels, channels),
    attentionBlock(`${name}.attn_1`, channels),
    residualBlock(`${name}.block_2`, channels, channels),
  ]);

/** The residual blocks of one level, from `inputs` to `outputs` channels, each with or without attention after it. */
export const levelBlocks = (
  name: string,
  shape: { readonly inputs: number; readonly outputs: number; readonly count: number },
  hasAttention: boolean,
): Layer =>
  inSequence(
    Array.from({ length: shape.count }, (_, i) => [
      residualBlock(`${name}.block.${i}`, i === 0 ? shape.inputs : shape.outputs, shape.outputs),
      ...(hasAttention ? [attentionBlock(`${name}.attn.${i}`, shape.outputs)] : []),
    ]).flat(),
  );

/** Half the size: pads a row of zeros below and a column at the right, then a 3x3 convolution with stride 2. */
export const downsample = (name: string, channels: number): Layer =>
  convolution(`${name}.downsample.conv`, {
    inputs: channels,
    outputs: channels,
    kernel: 3,
    stride: 2,
    padding: { top: 0, bottom: 1, left: 0, right: 1 },
  });

/** Twice the size: repeats each pixel four times, then a 3x3 convolution. */
export const upsample = (name: string, channels: number): Layer =>
  inSequence([
    { parameters: [], run: (algebra, _, input) => algebra.upsampleNearest(input, 2) },
    convolution(`${name}.upsample.conv`, { inputs: channels, outputs: channels, kernel: 3 }),
  ]);
