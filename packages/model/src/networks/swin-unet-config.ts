/** The configuration of a UNet with Swin layers, as data and in the authors' form. */

import type { WindowEdges } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { isCount, isWholeNumber } from "../count.ts";
import { shown } from "../decoders.ts";

/** Window attention layers. Widths are in channels, lengths in pixels of the layer's level. */
export interface SwinConfig {
  /** The nominal sides of the levels that have a Swin layer; the middle always has one. */
  readonly resolutions: readonly number[];
  /** Blocks of a layer. Every second one has shifted windows. */
  readonly depth: number;
  /** Channels inside of a layer. */
  readonly channels: number;
  /** Channels of one head; divides `channels`. */
  readonly headChannels: number;
  /** Side of a window. If the nominal side is smaller, the window is as large as that. */
  readonly window: number;
  /** Hidden channels of a block's two-layer network, as a multiple of `channels`. */
  readonly mlpRatio: number;
  /** Masks at the image's edges; `wrapped` in everything that the authors published. */
  readonly edges: WindowEdges;
}

export interface SwinUNetConfig {
  readonly kind: "swin-unet";
  /** Channels of the latent that it reads. */
  readonly latentChannels: number;
  /** Channels that it predicts: the latent's, if it predicts z_0. */
  readonly outputChannels: number;
  /**
   * Nominal side of the latent; that of a level is imageSize / 2^level. It decides which levels have Swin layers and
   * whether their windows shrink. The network runs on other sizes too.
   */
  readonly imageSize: number;
  /** Channels before the levels' multipliers; also the number of sinusoidal features of the time index. */
  readonly channels: number;
  /** Channels of each level as multiples of `channels`, finest first. */
  readonly multipliers: readonly number[];
  /** Residual blocks of each level on the way down; on the way up there is one more. */
  readonly blocks: readonly number[];
  /** Whether the time scales and shifts the normalised features, or is only added to them. */
  readonly scaleShift: boolean;
  readonly swin: SwinConfig;
  /**
   * The image that is concatenated to the latent: its channels, and its nominal side `size`, which is imageSize times a
   * power of two. Null if there is none.
   */
  readonly condition: { readonly channels: number; readonly size: number } | null;
}

/** The configuration makes no network. `key` is the field, as its record names it. */
export interface InvalidNetworkConfig {
  readonly _tag: "InvalidNetworkConfig";
  readonly source: string;
  readonly key: string;
  readonly expected: string;
  readonly found: string;
  readonly message: string;
}

/** The norm has 32 groups of channels. */
export const GROUPS = 32;

const invalid = (source: string, key: string, expected: string, value: unknown): InvalidNetworkConfig => {
  const found = shown(value);
  const message = `${source}: ${key}: found ${found}, expected ${expected}`;
  return { _tag: "InvalidNetworkConfig", source, key, expected, found, message };
};

/** Channels of each level, finest first. */
export const levelChannels = ({ channels, multipliers }: SwinUNetConfig): readonly number[] =>
  multipliers.map((multiplier) => Math.trunc(multiplier * channels));

/** Nominal sides of the levels, finest first. */
export const levelSides = ({ imageSize, multipliers }: SwinUNetConfig): readonly number[] =>
  multipliers.map((_, level) => Math.floor(imageSize / 2 ** level));

/** How often the condition's sides are halved until they are the latent's. */
export const conditionLevels = ({ condition, imageSize }: SwinUNetConfig): number =>
  condition === null ? 0 : Math.log2(condition.size / imageSize);

/** Each field by its path in the record: what it should be, its value, and whether it is right. */
const demands = (config: SwinUNetConfig): readonly (readonly [string, string, unknown, boolean])[] => {
  const { imageSize, channels, multipliers, blocks, swin, condition } = config;
  const widths = levelChannels(config);
  const count = "a whole number above 0";
  const hidden = Math.trunc(swin.channels * swin.mlpRatio);
  return [
    ["latentChannels", count, config.latentChannels, isCount(config.latentChannels)],
    ["outputChannels", count, config.outputChannels, isCount(config.outputChannels)],
    ["imageSize", count, imageSize, isCount(imageSize)],
    ["channels", "a multiple of 32", channels, isCount(channels) && channels % GROUPS === 0],
    [
      "multipliers",
      `one number for each level, whose product with ${channels} is a multiple of 32`,
      multipliers,
      multipliers.length > 0 && widths.every((width) => isCount(width) && width % GROUPS === 0),
    ],
    [
      "imageSize",
      `at least 2^${multipliers.length - 1}, for ${multipliers.length} levels`,
      imageSize,
      imageSize >= 2 ** (multipliers.length - 1),
    ],
    [
      "blocks",
      `one whole number for each of the ${multipliers.length} levels`,
      blocks,
      blocks.length === multipliers.length && blocks.every((many) => isWholeNumber(many)),
    ],
    ["swin.resolutions", "whole numbers", swin.resolutions, swin.resolutions.every((side) => isCount(side))],
    ["swin.depth", "a whole number", swin.depth, isWholeNumber(swin.depth)],
    [
      "swin.channels",
      "a multiple of 32",
      swin.channels,
      isCount(swin.channels) && swin.channels % GROUPS === 0,
    ],
    [
      "swin.headChannels",
      `a divisor of the ${swin.channels} channels inside`,
      swin.headChannels,
      isCount(swin.headChannels) && swin.channels % swin.headChannels === 0,
    ],
    ["swin.window", count, swin.window, isCount(swin.window)],
    [
      "swin.mlpRatio",
      `a number whose product with ${swin.channels} is whole`,
      swin.mlpRatio,
      isCount(hidden),
    ],
    ...(condition === null
      ? []
      : ([
          ["condition.channels", count, condition.channels, isCount(condition.channels)],
          [
            "condition.size",
            `the nominal side of the latent, ${imageSize}, times a power of two`,
            condition.size,
            isWholeNumber(conditionLevels(config)),
          ],
        ] as const)),
  ];
};

/** The authors' names of the fields. */
const AUTHORS_NAMES: Readonly<Record<string, string>> = {
  latentChannels: "in_channels",
  outputChannels: "out_channels",
  imageSize: "image_size",
  channels: "model_channels",
  multipliers: "channel_mult",
  blocks: "num_res_blocks",
  "swin.resolutions": "attention_resolutions",
  "swin.depth": "swin_depth",
  "swin.channels": "swin_embed_dim",
  "swin.headChannels": "num_head_channels",
  "swin.window": "window_size",
  "swin.mlpRatio": "mlp_ratio",
  "condition.size": "lq_size",
};

const checked = (
  source: string,
  config: SwinUNetConfig,
  names: Readonly<Record<string, string>>,
): E.Either<InvalidNetworkConfig, SwinUNetConfig> => {
  const broken = demands(config).find(([, , , holds]) => !holds);
  if (broken === undefined) return E.right(config);
  const [key, expected, value] = broken;
  return E.left(invalid(source, names[key] ?? key, expected, value));
};

/** The configuration, or the first reason why no network can be made of it. The error names `source`. */
export const checkSwinUNetConfig = (
  source: string,
  config: SwinUNetConfig,
): E.Either<InvalidNetworkConfig, SwinUNetConfig> => checked(source, config, {});

/** A field of the authors' record: a function from its content to a value or null, and its default. */
interface Field<A> {
  readonly expected: string;
  readonly read: (value: unknown) => A | null;
  readonly otherwise?: A;
}

const whole: Field<number> = {
  expected: "a whole number",
  read: (value) => (Number.isSafeInteger(value) ? Number(value) : null),
};
const real: Field<number> = {
  expected: "a number",
  read: (value) => (Number.isFinite(value) ? Number(value) : null),
};
const truth: Field<boolean> = {
  expected: "true or false",
  read: (value) => (typeof value === "boolean" ? value : null),
};
const numbers: Field<readonly number[]> = {
  expected: "a list of numbers",
  read: (value) => (Array.isArray(value) && value.every((item) => Number.isFinite(item)) ? value : null),
};
const numberOrNumbers: Field<number | readonly number[]> = {
  expected: "a whole number or a list of them",
  read: (value) => real.read(value) ?? numbers.read(value),
};

/** Options that the authors' network has, the published ones do not use, and this one lacks. */
const FIXED: readonly (readonly [string, unknown])[] = [
  ["dims", 2],
  ["conv_resample", true],
  ["resblock_updown", false],
  ["patch_norm", false],
  ["cond_mask", false],
];

/** lq is a colour picture. */
const CONDITION_CHANNELS = 3;

/**
 * The configuration from the authors' record of the constructor's arguments: `model.params` in their YAML files and in
 * manifest.json. Fields that do not affect the result (`dropout`, `use_fp16`) are ignored. A missing field has the
 * authors' default. Older records have no `lq_size`: their lq has the latent's size, and its channels are counted among
 * `in_channels`.
 */
export const swinUNetConfigOf = (
  source: string,
  record: Readonly<Record<string, unknown>>,
): E.Either<InvalidNetworkConfig, SwinUNetConfig> => {
  const faults: InvalidNetworkConfig[] = [];
  const refuse = (key: string, expected: string): void => {
    faults.push(invalid(source, key, expected, record[key]));
  };
  const field = <A>(key: string, { expected, read, otherwise }: Field<A>, absent: A): A => {
    const value = record[key];
    const found = value === undefined || value === null ? (otherwise ?? null) : read(value);
    if (found === null) refuse(key, expected);
    return found ?? absent;
  };
  for (const [key, only] of FIXED)
    if (record[key] !== undefined && record[key] !== only)
      refuse(key, `${shown(only)}, the only supported value`);
  const imageSize = field("image_size", whole, 1);
  const multipliers = field("channel_mult", numbers, []);
  const blocks = field("num_res_blocks", numberOrNumbers, []);
  const inputs = field("in_channels", whole, 1);
  const outputs = field("out_channels", whole, 1);
  const isConditioned = field("cond_lq", { ...truth, otherwise: true }, true);
  const countsCondition =
    isConditioned && (record.lq_size ?? null) === null && inputs === outputs + CONDITION_CHANNELS;
  const swinChannels = field("swin_embed_dim", { ...whole, otherwise: 96 }, 1);
  const headChannels = field("num_head_channels", { ...whole, otherwise: -1 }, -1);
  const heads = headChannels === -1 ? field("num_heads", { ...whole, otherwise: 1 }, 1) : null;
  const config: SwinUNetConfig = {
    kind: "swin-unet",
    latentChannels: countsCondition ? inputs - CONDITION_CHANNELS : inputs,
    outputChannels: outputs,
    imageSize,
    channels: field("model_channels", whole, 1),
    multipliers,
    blocks: typeof blocks === "number" ? multipliers.map(() => blocks) : blocks,
    scaleShift: field("use_scale_shift_norm", { ...truth, otherwise: false }, false),
    swin: {
      resolutions: field("attention_resolutions", numbers, []),
      depth: field("swin_depth", { ...whole, otherwise: 2 }, 1),
      channels: swinChannels,
      headChannels: heads === null ? headChannels : swinChannels / heads,
      window: field("window_size", { ...whole, otherwise: 8 }, 1),
      mlpRatio: field("mlp_ratio", { ...real, otherwise: 2 }, 1),
      edges: "wrapped",
    },
    condition: isConditioned
      ? { channels: CONDITION_CHANNELS, size: field("lq_size", { ...whole, otherwise: imageSize }, 1) }
      : null,
  };
  const [fault] = faults;
  return fault === undefined ? checked(source, config, AUTHORS_NAMES) : E.left(fault);
};
