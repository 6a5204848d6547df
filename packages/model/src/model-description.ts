/** model.json: what a model is, but for its weights. Written by people and programs, so checked field by field. */
import { makeSchedule, type ScheduleConfig } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import {
  accept,
  constant,
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

export const MODEL_FORMAT = "tadsr-model/1";

/** Pixels of the picture made from one position of the latent: factor x factor, and their colours. */
export interface SpaceToDepthLatent {
  readonly kind: "space-to-depth";
  /** Also the magnification: the latent has the size of the low-resolution picture. */
  readonly factor: number;
}

export interface ModelDescription {
  readonly format: typeof MODEL_FORMAT;
  readonly name: string;
  readonly latent: SpaceToDepthLatent;
  readonly schedule: ScheduleConfig;
  readonly network: ResidualUNetConfig;
  /** Steps of the sampler it was trained for: 1 for a student, T for a teacher. */
  readonly steps: number;
}

const residualUNet = record<ResidualUNetConfig>({
  kind: constant("residual-unet"),
  latentChannels: whole(1, MOST_CHANNELS),
  channels: list(whole(1, MOST_CHANNELS), 1, 8),
  blocks: list(whole(0, 100), 1, 8),
  timeFeatures: accept(
    `an even number from 2 to ${MOST_CHANNELS}`,
    (value): value is number =>
      Number.isInteger(value) &&
      Number(value) % 2 === 0 &&
      Number(value) >= 2 &&
      Number(value) <= MOST_CHANNELS,
  ),
  timeChannels: whole(1, MOST_CHANNELS),
});

const description = record<ModelDescription>({
  format: constant(MODEL_FORMAT),
  name: text,
  latent: record<SpaceToDepthLatent>({ kind: constant("space-to-depth"), factor: whole(1, 16) }),
  schedule,
  network: residualUNet,
  steps: whole(1, 1_000_000),
});

/** Colours of a picture. */
export const COLOURS = 3;

/** What no field can say by itself. */
const consistent = (model: ModelDescription): E.Either<Fault, ModelDescription> => {
  const { latent, network, steps } = model;
  const latentChannels = COLOURS * latent.factor ** 2;
  if (network.latentChannels !== latentChannels)
    return E.left({
      path: "network.latentChannels",
      expected: `${latentChannels}, for a space-to-depth latent of factor ${latent.factor}`,
      found: shown(network.latentChannels),
    });
  if (network.blocks.length !== network.channels.length)
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

/** Checks the parsed content of the `file` named in errors. */
export const decodeDescription = (
  file: string,
  value: unknown,
): E.Either<InvalidDescription, ModelDescription> => {
  const decoded = E.chain(consistent)(description(value, ""));
  return E.mapLeft(({ path, expected, found }: Fault) => invalidDescription(file, path, expected, found))(
    decoded,
  );
};
