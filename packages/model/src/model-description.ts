/** model.json describes a model without its weights. People and programs write it, so every field is checked. */
import { makeSchedule, type ScheduleConfig } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import {
  accept,
  constant,
  type Decoder,
  type Fault,
  list,
  MOST_CHANNELS,
  record,
  schedule,
  shown,
  text,
  whole,
} from "./decoders.ts";
import { type InvalidDescription, invalidDescription } from "./errors.ts";
import type { ResidualUNetConfig } from "./networks/residual-unet.ts";
import type { SmallNetworkConfig } from "./networks/small-network.ts";
import type { StackConfig } from "./networks/stack.ts";
import { COLOURS } from "./picture.ts";

export const MODEL_FORMAT = "tadsr-model/1";

/** One position of the latent holds factor x factor pixels of the picture, with their colours. */
export interface SpaceToDepthLatent {
  readonly kind: "space-to-depth";
  /** Also the factor of the upscaling: the latent has the size of the low-resolution picture. */
  readonly factor: number;
}

export interface ModelDescription {
  readonly format: typeof MODEL_FORMAT;
  readonly name: string;
  readonly latent: SpaceToDepthLatent;
  readonly schedule: ScheduleConfig;
  readonly network: SmallNetworkConfig;
  /** The number of sampler steps that it was trained for: 1 for a student, T for a teacher. */
  readonly steps: number;
}

const timeFeatures = accept(
  `an even number from 2 to ${MOST_CHANNELS}`,
  (value): value is number =>
    Number.isInteger(value) &&
    Number(value) % 2 === 0 &&
    Number(value) >= 2 &&
    Number(value) <= MOST_CHANNELS,
);

const residualUNet = record<ResidualUNetConfig>({
  kind: constant("residual-unet"),
  latentChannels: whole(1, MOST_CHANNELS),
  channels: list(whole(1, MOST_CHANNELS), 1, 8),
  blocks: list(whole(0, 100), 1, 8),
  timeFeatures,
  timeChannels: whole(1, MOST_CHANNELS),
});

const stack = record<StackConfig>({
  kind: constant("stack"),
  latentChannels: whole(1, MOST_CHANNELS),
  channels: whole(1, MOST_CHANNELS),
  blocks: whole(1, 1000),
  timeFeatures,
  timeChannels: whole(1, MOST_CHANNELS),
});

/** The decoder for the kind that the value names. */
const network: Decoder<SmallNetworkConfig> = (value, path) => {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  if (kind === "stack") return stack(value, path);
  if (kind === "residual-unet") return residualUNet(value, path);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? E.left({ path: `${path}.kind`, expected: '"residual-unet" or "stack"', found: shown(kind) })
    : E.left({ path, expected: "an object", found: shown(value) });
};

const description = record<ModelDescription>({
  format: constant(MODEL_FORMAT),
  name: text,
  latent: record<SpaceToDepthLatent>({ kind: constant("space-to-depth"), factor: whole(1, 16) }),
  schedule,
  network,
  steps: whole(1, 1_000_000),
});

/** Checks that need more than one field. */
const consistent = (model: ModelDescription): E.Either<Fault, ModelDescription> => {
  const { latent, network, steps } = model;
  const latentChannels = COLOURS * latent.factor ** 2;
  if (network.latentChannels !== latentChannels)
    return E.left({
      path: "network.latentChannels",
      expected: `${latentChannels}, for a space-to-depth latent of factor ${latent.factor}`,
      found: shown(network.latentChannels),
    });
  if (network.kind === "residual-unet" && network.blocks.length !== network.channels.length)
    return E.left({
      path: "network.blocks",
      expected: `one number for each of the ${network.channels.length} levels of network.channels`,
      found: shown(network.blocks),
    });
  const made = makeSchedule(model.schedule);
  if (E.isLeft(made)) {
    const { field, found, allowed } = made.left;
    return E.left({ path: `schedule.${field}`, expected: allowed, found: shown(found) });
  }
  const { T } = made.right;
  return steps <= T
    ? E.right(model)
    : E.left({ path: "steps", expected: `at most the schedule's ${T} steps`, found: shown(steps) });
};

/** Checks the parsed content; errors name the `file`. */
export const decodeDescription = (
  file: string,
  value: unknown,
): E.Either<InvalidDescription, ModelDescription> => {
  const decoded = E.chain(consistent)(description(value, ""));
  return E.mapLeft(({ path, expected, found }: Fault) => invalidDescription(file, path, expected, found))(
    decoded,
  );
};
