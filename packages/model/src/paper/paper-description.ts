/** model.json of a model of the paper's kind: a UNet with Swin layers on the latents of a VQ autoencoder. */
import { makeSchedule, type ScheduleConfig } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import {
  accept,
  constant,
  type Decoder,
  type Fault,
  list,
  MOST_CHANNELS,
  number,
  record,
  schedule,
  shown,
  text,
  whole,
} from "../decoders.ts";
import { type InvalidDescription, invalidDescription } from "../errors.ts";
import { MODEL_FORMAT } from "../model-description.ts";
import { faultOfVqConfig, type VqAutoencoderConfig } from "../networks/autoencoder/config.ts";
import { checkSwinUNetConfig, type SwinConfig, type SwinUNetConfig } from "../networks/swin-unet-config.ts";
import { faultOfPair } from "./pairing.ts";

/** Eq 2 with noise, as the authors run their teachers, or Eq 3 without. */
export type SamplerName = "ancestral" | "deterministic";

export const SAMPLERS = ["deterministic", "ancestral"] as const satisfies readonly SamplerName[];

export interface VqLatent {
  readonly kind: "vq";
  readonly autoencoder: VqAutoencoderConfig;
}

export interface PaperDescription {
  readonly format: typeof MODEL_FORMAT;
  readonly name: string;
  readonly latent: VqLatent;
  readonly schedule: ScheduleConfig;
  readonly network: SwinUNetConfig;
  /** The default number of sampler steps: 1 for a student, T for a teacher. */
  readonly steps: number;
  readonly sampler: SamplerName;
}

const channels = whole(1, MOST_CHANNELS);
const counts = list(whole(0, MOST_CHANNELS), 0, 32);

const oneOf = <A extends string>(...names: readonly A[]): Decoder<A> =>
  accept(names.map((name) => JSON.stringify(name)).join(" or "), (value): value is A =>
    (names as readonly unknown[]).includes(value),
  );

const truth = accept("true or false", (value): value is boolean => typeof value === "boolean");

const orNull =
  <A>(decoder: Decoder<A>): Decoder<A | null> =>
  (value, path) =>
    value === null ? E.right(null) : decoder(value, path);

const autoencoder = record<VqAutoencoderConfig>({
  kind: constant("vq-autoencoder"),
  inputChannels: channels,
  outputChannels: channels,
  channels,
  multipliers: counts,
  blocks: counts,
  attentionLevels: counts,
  innerChannels: channels,
  latentChannels: channels,
  codebookSize: whole(1, 2 ** 24),
});

const network = record<SwinUNetConfig>({
  kind: constant("swin-unet"),
  latentChannels: channels,
  outputChannels: channels,
  imageSize: whole(1, 2 ** 20),
  channels,
  multipliers: list(number, 1, 32),
  blocks: counts,
  scaleShift: truth,
  swin: record<SwinConfig>({
    resolutions: list(whole(1, 2 ** 20), 0, 32),
    depth: whole(0, 100),
    channels,
    headChannels: channels,
    window: whole(1, 1024),
    mlpRatio: number,
    edges: oneOf("separate", "wrapped"),
  }),
  condition: orNull(record<NonNullable<SwinUNetConfig["condition"]>>({ channels, size: whole(1, 2 ** 24) })),
});

const description = record<PaperDescription>({
  format: constant(MODEL_FORMAT),
  name: text,
  latent: record<VqLatent>({ kind: constant("vq"), autoencoder }),
  schedule,
  network,
  steps: whole(1, 1_000_000),
  sampler: oneOf(...SAMPLERS),
});

/** Checks that need more than one field. */
const consistent = (model: PaperDescription): E.Either<Fault, PaperDescription> => {
  const checked = checkSwinUNetConfig("", model.network);
  if (E.isLeft(checked)) {
    const { key, expected, found } = checked.left;
    return E.left({ path: `network.${key}`, expected, found });
  }
  const fault = faultOfVqConfig(model.latent.autoencoder);
  if (fault !== null) {
    const { key, expected, found } = fault;
    return E.left({ path: `latent.autoencoder.${key}`, expected, found: shown(found) });
  }
  const unpaired = faultOfPair(model.network, model.latent.autoencoder);
  if (unpaired !== null) return E.left({ path: `network.${unpaired.key}`, ...unpaired });
  const made = makeSchedule(model.schedule);
  if (E.isLeft(made)) {
    const { field, found, allowed } = made.left;
    return E.left({ path: `schedule.${field}`, expected: allowed, found: shown(found) });
  }
  const { T } = made.right;
  return model.steps <= T
    ? E.right(model)
    : E.left({ path: "steps", expected: `at most the schedule's ${T} steps`, found: shown(model.steps) });
};

/** Whether the parsed content of a model.json says it is of this kind. */
export const isPaperDescription = (value: unknown): boolean => {
  const kindOf = (key: string): unknown => {
    const part: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : null;
    return typeof part === "object" && part !== null ? Reflect.get(part, "kind") : null;
  };
  return kindOf("network") === "swin-unet" || kindOf("latent") === "vq";
};

/** Checks the parsed content; errors name the `file`. */
export const decodePaperDescription = (
  file: string,
  value: unknown,
): E.Either<InvalidDescription, PaperDescription> =>
  E.mapLeft(({ path, expected, found }: Fault) => invalidDescription(file, path, expected, found))(
    E.chain(consistent)(description(value, "")),
  );
