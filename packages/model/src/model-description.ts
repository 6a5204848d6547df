/** model.json: what a model is, but for its weights. Written by people and programs, so checked field by field. */
import { makeSchedule, type ScheduleConfig } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
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

/** What is wrong with a value: where in it, what was expected, what was found. */
interface Fault {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

type Decoder<A> = (value: unknown, path: string) => E.Either<Fault, A>;

const shown = (value: unknown): string =>
  value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 80);

const accept =
  <A>(expected: string, holds: (value: unknown) => value is A): Decoder<A> =>
  (value, path) =>
    holds(value) ? E.right(value) : E.left({ path, expected, found: shown(value) });

const text = accept("a text", (value): value is string => typeof value === "string" && value !== "");

const number = accept("a number", (value): value is number => Number.isFinite(value));

const whole = (least: number, most: number): Decoder<number> =>
  accept(
    `a whole number from ${least} to ${most}`,
    (value): value is number =>
      Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );

const constant = <A extends string>(expected: A): Decoder<A> =>
  accept(JSON.stringify(expected), (value): value is A => value === expected);

const optional =
  <A>(decoder: Decoder<A>): Decoder<A | undefined> =>
  (value, path) =>
    value === undefined ? E.right(undefined) : decoder(value, path);

const list =
  <A>(decoder: Decoder<A>, least: number, most: number): Decoder<readonly A[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < least || value.length > most)
      return E.left({ path, expected: `a list of ${least} to ${most}`, found: shown(value) });
    const items: A[] = [];
    for (const [i, item] of value.entries()) {
      const decoded = decoder(item, `${path}[${i}]`);
      if (E.isLeft(decoded)) return decoded;
      items.push(decoded.right);
    }
    return E.right(items);
  };

/** An object with these fields and no others, so that a misspelt optional field is not lost in silence. */
const record =
  <A>(fields: { readonly [K in keyof A]-?: Decoder<A[K]> }): Decoder<A> =>
  (value, path) => {
    const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return E.left({ path, expected: "an object", found: shown(value) });
    const stray = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (stray !== undefined)
      return E.left({
        path: at(stray),
        expected: `only ${Object.keys(fields).join(", ")}`,
        found: "this field",
      });
    const result: [string, unknown][] = [];
    for (const [key, decoder] of Object.entries(fields) as [string, Decoder<unknown>][]) {
      const decoded = decoder(Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined, at(key));
      if (E.isLeft(decoded)) return decoded;
      if (decoded.right !== undefined) result.push([key, decoded.right]);
    }
    return E.right(Object.fromEntries(result) as A);
  };

const MOST_CHANNELS = 8192;

const schedule = record<ScheduleConfig>({
  steps: whole(1, 1_000_000),
  kappa: number,
  minNoiseLevel: number,
  etasEnd: number,
  power: number,
  respacing: optional(whole(1, 1_000_000)) as Decoder<number>,
});

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
