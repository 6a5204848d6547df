/**
 * The configuration of a UNet with Swin layers, from its shapes. They determine all of it except the nominal size of
 * its latent, which only the sizes of the masks in the authors' files tell.
 */
import type { WindowEdges } from "@tadsr/core";
import type { SwinUNetConfig } from "../networks/swin-unet-config.ts";
import { type Evidence, inferSides } from "./nominal-size.ts";
import type { ShapeReader } from "./shape-reader.ts";

/** The published networks' values, for fields that the shapes do not determine. */
const PUBLISHED = { imageSize: 64, window: 8, headChannels: 32, mlpRatio: 4, edges: "wrapped" } as const;

/** Fields that a caller may set, if the shapes do not determine them or mislead. */
export interface SwinUNetOverrides {
  /** Nominal side of the latent: it decides at which levels windows shrink and are not shifted. */
  readonly imageSize?: number;
  readonly window?: number;
  readonly headChannels?: number;
  /** All of the authors' networks have `wrapped` masks, so this field is not listed as assumed. */
  readonly edges?: WindowEdges;
  /** Channels of the latent, if they differ from those of the prediction. */
  readonly latentChannels?: number;
}

/** The number of residual blocks of each level on the way down. */
const blocksDown = ({ has }: ShapeReader): readonly number[] => {
  const blocks = [0];
  for (let step = 1; ; step++) {
    if (has(`input_blocks.${step}.0.op.weight`)) blocks.push(0);
    else if (has(`input_blocks.${step}.0.in_layers.2.weight`)) blocks.push((blocks.pop() as number) + 1);
    else return blocks;
  }
};

/** The first step up of each level, finest first. Each level has at least one: one block more than on the way down. */
const firstStepsUp = (blocks: readonly number[]): readonly number[] => {
  let step = 0;
  const coarsestFirst = blocks.toReversed().map((count) => {
    const first = step;
    step += count + 1;
    return first;
  });
  return coarsestFirst.reverse();
};

/** A multiplier that gives `width` when it is multiplied by `channels` and rounded down. */
const multiplier = (width: number, channels: number): number => {
  const quotient = width / channels;
  return Math.trunc(quotient * channels) === width ? quotient : quotient * (1 + Number.EPSILON);
};

/** The side of the windows, from the rows of their table of relative positions: (2 side - 1)^2. */
const windowOfRows = (rows: number): number => (Math.sqrt(rows) + 1) / 2;

/** A Swin layer of the file, and its level. */
interface Placed {
  readonly name: string;
  readonly level: number;
}

/** What a Swin layer's shapes tell about its level's nominal side. */
const evidenceOf = ({ axis, has }: ShapeReader, { name, level }: Placed): Evidence => {
  const first = `${name}.blocks.0.attn`;
  const window = windowOfRows(axis(`${first}.relative_position_bias_table`, 0));
  const mask = `${name}.blocks.1.attn_mask`;
  // Only a shifted block has a mask: one matrix for each window. The last window may reach over the edge.
  if (has(mask)) {
    const windows = Math.sqrt(axis(mask, 0));
    return { level, window, sides: [(windows - 1) * window + 1, windows * window] };
  }
  const isUnshifted = has(`${first}.relative_position_index`) && has(`${name}.blocks.1.norm1.weight`);
  return { level, window, sides: isUnshifted ? [window, window] : null };
};

export const inferSwinUNet = (
  reader: ShapeReader,
  overrides: SwinUNetOverrides,
): { readonly config: SwinUNetConfig; readonly assumed: readonly string[] } => {
  const { axis, count, has } = reader;
  const channels = axis("time_embed.0.weight", 1);
  const outputChannels = axis("out.2.weight", 0);
  const blocks = blocksDown(reader);
  const stepsUp = firstStepsUp(blocks);
  const widths = stepsUp.map((step) => axis(`output_blocks.${step}.0.in_layers.2.weight`, 0));

  const middle: Placed = { name: "middle_block.1", level: blocks.length - 1 };
  const atLevels = stepsUp
    .map((step, level): Placed => ({ name: `output_blocks.${step}.1`, level }))
    .filter(({ name }) => has(`${name}.patch_embed.proj.weight`));
  const inside = axis(`${middle.name}.patch_embed.proj.weight`, 0);
  const depth = count((block) => `${middle.name}.blocks.${block}.norm1.weight`);
  const block = `${middle.name}.blocks.0`;
  const heads = depth === 0 ? null : axis(`${block}.attn.relative_position_bias_table`, 1);
  const nominal = inferSides(
    depth === 0 ? [] : [middle, ...atLevels].map((placed) => evidenceOf(reader, placed)),
    blocks.length,
    { published: PUBLISHED, given: overrides },
  );

  const halvings = count((level) => `feature_extractor.${3 * level + 2}.op.weight`);
  const entering = axis("input_blocks.0.0.weight", 1);
  const beside = halvings === 0 ? null : axis(`feature_extractor.${3 * (halvings - 1) + 2}.op.weight`, 0);
  const latentChannels = overrides.latentChannels ?? (beside === null ? outputChannels : entering - beside);
  const conditionChannels =
    beside === null ? entering - latentChannels : axis("feature_extractor.0.weight", 1);
  const { headChannels } = overrides;
  return {
    config: {
      kind: "swin-unet",
      latentChannels,
      outputChannels,
      imageSize: nominal.imageSize,
      channels,
      multipliers: widths.map((width) => multiplier(width, channels)),
      blocks,
      scaleShift:
        axis("middle_block.0.emb_layers.1.weight", 0) !== axis("middle_block.0.out_layers.0.weight", 0),
      swin: {
        resolutions: atLevels.map(({ level }) => Math.floor(nominal.imageSize / 2 ** level)),
        depth,
        channels: inside,
        headChannels: headChannels ?? (heads === null ? PUBLISHED.headChannels : inside / heads),
        window: nominal.window,
        mlpRatio: depth === 0 ? PUBLISHED.mlpRatio : multiplier(axis(`${block}.mlp.fc1.weight`, 0), inside),
        edges: overrides.edges ?? PUBLISHED.edges,
      },
      condition:
        conditionChannels === 0
          ? null
          : { channels: conditionChannels, size: nominal.imageSize * 2 ** halvings },
    },
    assumed: [
      ...nominal.assumed,
      ...(heads === null && headChannels === undefined ? ["swin.headChannels"] : []),
      ...(depth === 0 ? ["swin.mlpRatio"] : []),
      ...(beside === null && overrides.latentChannels === undefined ? ["latentChannels"] : []),
    ],
  };
};
