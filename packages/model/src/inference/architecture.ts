/** Finds which network a file's tensors belong to, from their names and shapes alone. */
import { isSameShape } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type { Mismatch } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import { vqAutoencoder } from "../networks/autoencoder/autoencoder.ts";
import { faultOfVqConfig, type VqAutoencoderConfig } from "../networks/autoencoder/config.ts";
import { isBuffer } from "../networks/buffers.ts";
import { type DiscriminatorConfig, discriminator } from "../networks/discriminator.ts";
import { pictureNetwork } from "../networks/picture-networks.ts";
import { type ResidualUNetConfig, residualUNet } from "../networks/residual-unet.ts";
import { RRDB_FACTORS, type RrdbConfig } from "../networks/rrdb.ts";
import type { SrvggConfig } from "../networks/srvgg.ts";
import { type StackConfig, stack } from "../networks/stack.ts";
import { swinUNet } from "../networks/swin-unet.ts";
import { checkSwinUNetConfig, type SwinUNetConfig } from "../networks/swin-unet-config.ts";
import type { ParameterSpec } from "../parameters.ts";
import { mismatchLine } from "../weights.ts";
import { type DiscriminatorOverrides, inferDiscriminator } from "./discriminator.ts";
import { inferRrdb, inferSrvgg } from "./picture-networks.ts";
import { inferResidualUNet } from "./residual-unet.ts";
import { type ShapeReader, type Shapes, shapeReader } from "./shape-reader.ts";
import { inferStack } from "./stack.ts";
import { inferSwinUNet, type SwinUNetOverrides } from "./swin-unet.ts";
import { inferVqAutoencoder } from "./vq-autoencoder.ts";

/** `assumed` names the fields that the tensors do not determine: they have the published value, or none. */
export type Architecture = { readonly assumed: readonly string[] } & (
  | { readonly kind: "swin-unet"; readonly config: SwinUNetConfig }
  | { readonly kind: "vq-autoencoder"; readonly config: VqAutoencoderConfig }
  | { readonly kind: "discriminator"; readonly config: DiscriminatorConfig }
  | { readonly kind: "residual-unet"; readonly config: ResidualUNetConfig }
  | { readonly kind: "stack"; readonly config: StackConfig }
  | { readonly kind: "srvgg"; readonly config: SrvggConfig }
  | { readonly kind: "rrdb"; readonly config: RrdbConfig }
);

/** The tensors fit no network known here, or some are missing. `kind` is the network they were compared with. */
export interface UnknownArchitecture {
  readonly _tag: "UnknownArchitecture";
  readonly file: string;
  readonly kind: Architecture["kind"] | null;
  readonly message: string;
}

export interface InferenceOptions extends SwinUNetOverrides, DiscriminatorOverrides {
  /** The source of the tensors, as errors name it. */
  readonly file?: string;
}

type Refused = E.Either<UnknownArchitecture, never>;

const refuse = (file: string, kind: UnknownArchitecture["kind"], why: string): Refused => {
  const taken = kind === null ? "" : `taken for a ${kind}, but `;
  return E.left({ _tag: "UnknownArchitecture", file, kind, message: `${file}: ${taken}${why}` });
};

/** Names that identify a network: it has at least one of them. */
const SIGNS: readonly (readonly [Architecture["kind"], readonly string[]])[] = [
  ["swin-unet", ["time_embed.0.weight", "input_blocks.0.0.weight"]],
  ["vq-autoencoder", ["quantize.embedding.weight", "encoder.conv_in.weight"]],
  ["discriminator", ["heads.0.cls.weight_orig"]],
  ["stack", ["input.latent.weight", "input.picture.weight"]],
  ["residual-unet", ["time.0.weight", "input.weight"]],
  ["rrdb", ["conv_first.weight"]],
  ["srvgg", ["body.0.weight"]],
];

const propose = (
  kind: Architecture["kind"],
  reader: ShapeReader,
  options: InferenceOptions,
): Architecture => {
  switch (kind) {
    case "swin-unet":
      return { kind, ...inferSwinUNet(reader, options) };
    case "vq-autoencoder":
      return { kind, config: inferVqAutoencoder(reader), assumed: [] };
    case "discriminator":
      return { kind, ...inferDiscriminator(reader, options) };
    case "residual-unet":
      return { kind, config: inferResidualUNet(reader), assumed: [] };
    case "stack":
      return { kind, config: inferStack(reader), assumed: [] };
    case "srvgg":
      return { kind, config: inferSrvgg(reader), assumed: [] };
    case "rrdb":
      return { kind, config: inferRrdb(reader), assumed: [] };
  }
};

/** No known network halves its picture more often. */
const MOST_LEVELS = 32;

/** No known network has so many blocks, or convolutions, one after another. */
const MOST_BLOCKS = 1000;

const tooMany = (found: number, what: string): string | null =>
  found > MOST_BLOCKS ? `found ${found} ${what}, expected at most ${MOST_BLOCKS}` : null;

/** Why no network can be made of the configuration; null if one can be made. */
const faultOf = (file: string, { kind, config }: Architecture): string | null => {
  const positive = (key: string, found: readonly number[]): string | null =>
    found.length > 0 && found.every((value) => Number.isSafeInteger(value) && value >= 1)
      ? null
      : `${key}: found ${JSON.stringify(found)}, expected whole numbers above 0`;
  const levels =
    kind === "residual-unet" ? config.channels : kind === "vq-autoencoder" ? config.multipliers : [];
  if (levels.length > MOST_LEVELS) return `found ${levels.length} levels, expected at most ${MOST_LEVELS}`;
  switch (kind) {
    case "swin-unet": {
      const checked = checkSwinUNetConfig(file, config);
      return E.isRight(checked)
        ? null
        : `${checked.left.key}: found ${checked.left.found}, expected ${checked.left.expected}`;
    }
    case "vq-autoencoder": {
      const fault = faultOfVqConfig(config);
      return fault === null
        ? null
        : `${fault.key}: found ${JSON.stringify(fault.found)}, expected ${fault.expected}`;
    }
    case "discriminator":
      return positive("channels", config.channels) ?? positive("outputs", [config.outputs]);
    case "residual-unet":
      return positive("channels", [...config.channels, config.latentChannels, config.timeChannels]);
    case "stack":
      return (
        tooMany(config.blocks, "blocks") ??
        positive("channels", [config.channels, config.latentChannels, config.timeChannels]) ??
        positive("blocks", [config.blocks])
      );
    case "srvgg":
      return config.convolutions < 0
        ? 'found no convolution after "body.0.weight"'
        : (tooMany(config.convolutions, "convolutions") ??
            positive("channels", [config.channels]) ??
            positive("factor (its square is a third of the last outputs)", [config.factor]));
    case "rrdb":
      return RRDB_FACTORS.includes(config.factor)
        ? (tooMany(config.blocks, "blocks") ??
            positive("channels, growth and blocks", [config.channels, config.growth, config.blocks]))
        : `"conv_first.weight": found ${Math.round(48 / config.factor ** 2)} inputs, expected 3, 12 or 48 (factors 4, 2, 1)`;
  }
};

/** Every tensor that a file of the network holds, except the recomputed ones. */
export const tensorsOf = (architecture: Architecture): readonly ParameterSpec[] => {
  switch (architecture.kind) {
    case "swin-unet":
      return swinUNet(architecture.config).parameters;
    case "vq-autoencoder":
      return vqAutoencoder(architecture.config).parameters;
    case "discriminator": {
      const { parameters, state } = discriminator(architecture.config);
      return [...parameters, ...state];
    }
    case "residual-unet":
      return residualUNet(architecture.config).parameters;
    case "stack":
      return stack(architecture.config).parameters;
    case "srvgg":
    case "rrdb":
      return pictureNetwork(architecture.config).parameters;
  }
};

/** The first tensor that is missing, has another shape, or is not the network's; null if there is none. */
const firstDifference = (architecture: Architecture, shapes: Shapes): Mismatch | null => {
  const specs = tensorsOf(architecture);
  const declared = new Set(specs.map(({ name }) => name));
  const strays = [...shapes.keys()].filter((name) => !isBuffer(name) && !declared.has(name));
  for (const { name: key, shape: expected } of specs) {
    const found = shapes.get(key);
    if (found === undefined) return { kind: "missing", key, expected, nearest: nearestName(key, strays) };
    if (!isSameShape(found, expected)) return { kind: "shape", key, expected, found };
  }
  const [stray] = strays;
  if (stray === undefined) return null;
  // Every parameter is there, so the unexpected tensor is not one of them under another name.
  return { kind: "unexpected", key: stray, nearest: null };
};

/**
 * The architecture of a file with these tensors, including buffers (`isBuffer`). The network made from the result has
 * exactly these tensors. If no network has them, the error says in one line what does not fit.
 */
export const inferArchitecture = (
  shapes: Shapes,
  options: InferenceOptions = {},
): E.Either<UnknownArchitecture, Architecture> => {
  const { file = "the weights" } = options;
  const [kind] = SIGNS.find(([, names]) => names.some((name) => shapes.has(name))) ?? [null];
  if (kind === null) {
    const some = [...shapes.keys()].slice(0, 3).map((name) => JSON.stringify(name));
    const found = some.length === 0 ? "no tensors" : `${shapes.size} tensors such as ${some.join(", ")}`;
    const known = SIGNS.map(([network, [sign]]) => `${JSON.stringify(sign)} (${network})`).join(", ");
    return refuse(file, null, `found ${found}, expected those of a known network, one of which is ${known}`);
  }
  const reader = shapeReader(shapes);
  const architecture = propose(kind, reader, options);
  const absent = reader.absent();
  if (absent !== null)
    return refuse(
      file,
      kind,
      `${JSON.stringify(absent)} ${shapes.has(absent) ? "has too few axes" : "is missing"}`,
    );
  const fault = faultOf(file, architecture);
  if (fault !== null) return refuse(file, kind, fault);
  const difference = firstDifference(architecture, shapes);
  return difference === null ? E.right(architecture) : refuse(file, kind, mismatchLine(difference));
};
