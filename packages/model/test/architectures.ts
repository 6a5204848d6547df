/** Configurations of every kind of network, and the shapes of their tensors. */
import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import {
  type Architecture,
  type DiscriminatorConfig,
  type InferenceOptions,
  inferArchitecture,
  type PictureNetworkConfig,
  type ResidualUNetConfig,
  type StackConfig,
  tensorsOf,
  type VqAutoencoderConfig,
} from "../src/index.ts";
import { levelSides, type SwinUNetConfig } from "../src/networks/swin-unet-config.ts";

export type Shapes = Map<string, readonly number[]>;

export const shapesOf = (architecture: Architecture): Shapes =>
  new Map(tensorsOf(architecture).map(({ name, shape }) => [name, shape]));

/** The buffers that the authors' files have beside the parameters of a swin-unet. */
export const withBuffers = (config: SwinUNetConfig): Shapes => {
  const shapes = shapesOf({ kind: "swin-unet", config, assumed: [] });
  const sides = levelSides(config);
  const last = sides.length - 1;
  // Which level a numbered step belongs to.
  const down = [0, ...config.blocks.flatMap((count, level) => [...Array(count).fill(level), level])];
  const up = config.blocks.flatMap((count, level) => Array<number>(count + 1).fill(level)).reverse();
  for (const [name, shape] of [...shapes]) {
    const match = /^(.*\.blocks\.(\d+))\.attn\.relative_position_bias_table$/.exec(name);
    if (match === null) continue;
    const [, block = "", index = "0"] = match;
    const step = Number(/blocks\.(\d+)\./.exec(block)?.[1]);
    const level = block.startsWith("middle") ? last : ((block.startsWith("input") ? down : up)[step] ?? last);
    const side = sides[level] ?? 0;
    const area = ((Math.sqrt(shape[0] ?? 0) + 1) / 2) ** 2;
    shapes.set(`${block}.attn.relative_position_index`, [area, area]);
    if (side > config.swin.window && Number(index) % 2 === 1)
      shapes.set(`${block}.attn_mask`, [Math.ceil(side / config.swin.window) ** 2, area, area]);
  }
  return shapes;
};

export const inferred = (shapes: Shapes, options: InferenceOptions = {}): Architecture => {
  const result = inferArchitecture(shapes, options);
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

export const refusal = (shapes: Shapes): string => {
  const result = inferArchitecture(shapes, { file: "x.pth" });
  return E.isLeft(result) ? result.left.message : "";
};

const perLevel = (levels: number, least: number) =>
  fc.array(fc.integer({ min: least, max: 3 }), { minLength: levels, maxLength: levels });

export const vqConfig: fc.Arbitrary<VqAutoencoderConfig> = fc.integer({ min: 1, max: 4 }).chain((levels) =>
  fc.record({
    kind: fc.constant("vq-autoencoder" as const),
    inputChannels: fc.integer({ min: 1, max: 4 }),
    outputChannels: fc.integer({ min: 1, max: 4 }),
    channels: fc.constantFrom(32, 64, 96),
    multipliers: perLevel(levels, 1),
    blocks: perLevel(levels, 1),
    attentionLevels: fc.subarray([...Array(levels).keys()]),
    innerChannels: fc.integer({ min: 1, max: 9 }),
    latentChannels: fc.integer({ min: 1, max: 9 }),
    codebookSize: fc.integer({ min: 1, max: 99 }),
  }),
);

export const stackConfig: fc.Arbitrary<StackConfig> = fc.record({
  kind: fc.constant("stack" as const),
  latentChannels: fc.integer({ min: 1, max: 60 }),
  channels: fc.integer({ min: 1, max: 60 }),
  blocks: fc.integer({ min: 1, max: 8 }),
  timeFeatures: fc.integer({ min: 1, max: 20 }).map((half) => 2 * half),
  timeChannels: fc.integer({ min: 1, max: 60 }),
});

export const residualConfig: fc.Arbitrary<ResidualUNetConfig> = fc
  .integer({ min: 1, max: 4 })
  .chain((levels) =>
    fc.record({
      kind: fc.constant("residual-unet" as const),
      latentChannels: fc.integer({ min: 1, max: 48 }),
      channels: fc.array(fc.integer({ min: 1, max: 64 }), { minLength: levels, maxLength: levels }),
      blocks: perLevel(levels, 0),
      timeFeatures: fc.integer({ min: 1, max: 20 }).map((half) => 2 * half),
      timeChannels: fc.integer({ min: 1, max: 64 }),
    }),
  );

const small = fc.integer({ min: 1, max: 5 });

export const pictureConfig: fc.Arbitrary<PictureNetworkConfig> = fc.oneof(
  fc.record({
    kind: fc.constant("srvgg" as const),
    channels: small,
    convolutions: fc.nat(4),
    factor: small,
  }),
  fc.record({
    kind: fc.constant("rrdb" as const),
    channels: small,
    growth: small,
    blocks: small,
    factor: fc.constantFrom(1, 2, 4),
  }),
);

export const discriminatorConfig: fc.Arbitrary<DiscriminatorConfig> = fc.record({
  kind: fc.constant("discriminator" as const),
  channels: fc.array(
    fc.integer({ min: 1, max: 8 }).map((n) => 4 * n),
    { minLength: 1, maxLength: 5 },
  ),
  timeFeatures: fc.integer({ min: 1, max: 20 }).map((half) => 2 * half),
  outputs: fc.integer({ min: 1, max: 70 }),
  timeAware: fc.boolean(),
});

/** Nominal sizes are such that windows fill the sides they are smaller than, as the authors' must. */
export const swinConfig: fc.Arbitrary<SwinUNetConfig> = fc
  .record({ levels: fc.integer({ min: 1, max: 4 }), window: fc.integer({ min: 2, max: 9 }) })
  .chain(({ levels, window }) =>
    fc
      .record({
        channels: fc.constantFrom(32, 64),
        widths: fc.array(fc.constantFrom(32, 64, 96, 160), { minLength: levels, maxLength: levels }),
        blocks: perLevel(levels, 0),
        scaleShift: fc.boolean(),
        latentChannels: fc.integer({ min: 1, max: 9 }),
        coarsest: fc.oneof(fc.integer({ min: 1, max: window }), fc.constantFrom(window, 2 * window)),
        swinLevels: fc.subarray([...Array(levels).keys()]),
        depth: fc.integer({ min: 2, max: 4 }),
        heads: fc.constantFrom(1, 2, 4),
        swinChannels: fc.constantFrom(32, 64),
        mlpRatio: fc.constantFrom(1, 1.5, 2, 4),
        halvings: fc.option(fc.integer({ min: 0, max: 3 })),
      })
      .map((drawn): SwinUNetConfig => {
        const imageSize = drawn.coarsest * 2 ** (levels - 1);
        return {
          kind: "swin-unet",
          latentChannels: drawn.latentChannels,
          outputChannels: drawn.latentChannels,
          imageSize,
          channels: drawn.channels,
          multipliers: drawn.widths.map((width) => width / drawn.channels),
          blocks: drawn.blocks,
          scaleShift: drawn.scaleShift,
          swin: {
            resolutions: drawn.swinLevels.map((level) => imageSize / 2 ** level),
            depth: drawn.depth,
            channels: drawn.swinChannels,
            headChannels: drawn.swinChannels / drawn.heads,
            window,
            mlpRatio: drawn.mlpRatio,
            edges: "wrapped",
          },
          condition: drawn.halvings === null ? null : { channels: 3, size: imageSize * 2 ** drawn.halvings },
        };
      }),
  );

/** The shapes of a checkpoint's only group, buffers among them. */
