/**
 * The paper's network (F_phi and f_theta; ResShift, models/unet.py): a UNet with residual blocks and Swin layers. It
 * reads the scaled z_t and the LR image, and predicts z_0. Names are those of the authors' files.
 */
import type { Algebra, Tensors } from "@tadsr/core";
import { convolution, dense, groupNormalization, type Layer } from "../layers.ts";
import { lqPyramid } from "./lq-pyramid.ts";
import type { ConditionedNetwork, NetworkInputs } from "./network.ts";
import { NORM, swinLayer } from "./swin-layer.ts";
import { conditionLevels, levelChannels, levelSides, type SwinUNetConfig } from "./swin-unet-config.ts";
import { sinusoidalFeatures } from "./time-embedding.ts";
import { type Block, downsampling, inSequence, residualBlock, upsampling } from "./unet-blocks.ts";

const TIME_WIDTH = 4;

interface Level {
  readonly index: number;
  readonly channels: number;
  readonly side: number;
  readonly blocks: number;
}

/** One of the numbered steps down: its channels, and whether it halves the sides. */
interface Down {
  readonly block: Block;
  readonly channels: number;
  readonly halves: boolean;
}

interface Plan {
  readonly down: readonly Down[];
  readonly middle: Block;
  readonly up: readonly Block[];
}

/** Every numbered block in the authors' order. The steps up take the outputs of the steps down, last first. */
const plan = (config: SwinUNetConfig, entering: Layer): Plan => {
  const { swin } = config;
  const timeChannels = TIME_WIDTH * config.channels;
  const [widths, sides] = [levelChannels(config), levelSides(config)];
  const levels = widths.map(
    (channels, index): Level => ({
      index,
      channels,
      side: sides[index] ?? 0,
      blocks: config.blocks[index] ?? 0,
    }),
  );
  const residual = (name: string, inputs: number, outputs: number): Block =>
    residualBlock(name, { inputs, outputs, timeChannels, scaleShift: config.scaleShift });
  const attends = ({ side }: Level, block: number): boolean => block === 0 && swin.resolutions.includes(side);

  const down: Down[] = [{ block: entering, channels: widths[0] ?? 0, halves: false }];
  let channels = widths[0] ?? 0;
  for (const level of levels) {
    for (let i = 0; i < level.blocks; i++) {
      const name = `input_blocks.${down.length}`;
      const parts = [residual(`${name}.0`, channels, level.channels)];
      if (attends(level, i)) parts.push(swinLayer(`${name}.1`, swin, level.channels, level.side));
      channels = level.channels;
      down.push({ block: inSequence(parts), channels, halves: false });
    }
    if (level.index < levels.length - 1)
      down.push({ block: downsampling(`input_blocks.${down.length}.0`, channels), channels, halves: true });
  }

  const middle = inSequence([
    residual("middle_block.0", channels, channels),
    swinLayer("middle_block.1", swin, channels, sides.at(-1) ?? 0),
    residual("middle_block.2", channels, channels),
  ]);

  const up: Block[] = [];
  const kept = down.map((step) => step.channels);
  for (const level of levels.toReversed())
    for (let i = 0; i <= level.blocks; i++) {
      const name = `output_blocks.${up.length}`;
      const parts = [residual(`${name}.0`, channels + (kept.pop() ?? 0), level.channels)];
      if (attends(level, i)) parts.push(swinLayer(`${name}.1`, swin, level.channels, level.side));
      if (level.index > 0 && i === level.blocks)
        parts.push(upsampling(`${name}.${parts.length}`, level.channels));
      channels = level.channels;
      up.push(inSequence(parts));
    }
  return { down, middle, up };
};

/** The result of the way down: every step's output, and the middle's. */
interface Descent<T> {
  readonly time: T;
  readonly steps: readonly T[];
  readonly bottom: T;
}

/**
 * Sides of the latent are multiples of 2^(levels - 1). Sides of the condition are 2^k times the latent's, where k is
 * the number of its pyramid's levels. The configuration has passed `checkSwinUNetConfig`.
 */
export const swinUNet = (config: SwinUNetConfig): ConditionedNetwork => {
  const { latentChannels, condition } = config;
  const first = levelChannels(config)[0] ?? 0;
  const timeChannels = TIME_WIDTH * config.channels;
  const embed1 = dense("time_embed.0", { inputs: config.channels, outputs: timeChannels });
  const embed2 = dense("time_embed.2", { inputs: timeChannels, outputs: timeChannels });
  const pyramid =
    condition === null ? null : lqPyramid("feature_extractor", condition.channels, conditionLevels(config));
  const enter = convolution("input_blocks.0.0", {
    inputs: latentChannels + (pyramid?.outputs ?? 0),
    outputs: first,
    kernel: 3,
  });
  const { down, middle, up } = plan(config, enter);
  const norm = groupNormalization("out.0", first, NORM);
  const leave = convolution("out.2", { inputs: first, outputs: config.outputChannels, kernel: 3 });

  const descend = <T>(algebra: Algebra<T>, weights: Tensors<T>, inputs: NetworkInputs<T>): Descent<T> => {
    const embedded = embed2.run(algebra, weights, algebra.silu(embed1.run(algebra, weights, inputs.time)));
    // Each of the authors' blocks has its own SiLU here.
    const time = algebra.silu(embedded);
    const given =
      pyramid === null
        ? inputs.input
        : algebra.concatChannels([inputs.input, pyramid.run(algebra, weights, inputs.condition)]);
    const steps: T[] = [];
    let hidden = given;
    for (const { block } of down) {
      hidden = block.run(algebra, weights, hidden, time);
      steps.push(hidden);
    }
    return { time, steps, bottom: middle.run(algebra, weights, hidden, time) };
  };

  // A discriminator reads the outputs of the halvings, of the last step down and of the middle.
  const read = down.flatMap(({ halves }, step) => (halves || step === down.length - 1 ? [step] : []));
  const halvingsUntil = (step: number): number =>
    down.slice(0, step + 1).filter(({ halves }) => halves).length;
  const last = down.length - 1;
  return {
    parameters: [embed1, embed2, ...(pyramid === null ? [] : [pyramid])]
      .flatMap(({ parameters }) => parameters)
      .concat(
        down.flatMap(({ block }) => block.parameters),
        middle.parameters,
        up.flatMap(({ parameters }) => parameters),
        norm.parameters,
        leave.parameters,
      ),
    latentChannels,
    condition: "picture",
    timeFeatures: (index, batch) => sinusoidalFeatures(index, batch, config.channels),
    encoder: {
      channels: [...read, last].map((step) => down[step]?.channels ?? 0),
      strides: [...read, last].map((step) => 2 ** halvingsUntil(step)),
      run: (algebra) => (weights, inputs) => {
        const { steps, bottom } = descend(algebra, weights, inputs);
        return [...steps.filter((_, step) => read.includes(step)), bottom];
      },
    },
    run: (algebra) => (weights, inputs) => {
      const { time, steps, bottom } = descend(algebra, weights, inputs);
      const kept = steps.toReversed();
      const top = up.reduce(
        (hidden, block, i) =>
          block.run(algebra, weights, algebra.concatChannels([hidden, kept[i] as typeof hidden]), time),
        bottom,
      );
      return leave.run(algebra, weights, algebra.silu(norm.run(algebra, weights, top)));
    },
  };
};
