/**
 * A checkpoint: the whole state of a training in one safetensors file, so that a resumed run goes on as the
 * uninterrupted one would have. Names are `weights/`, `average/`, `first/` and `second/` before the
 * parameter's own; a discriminator's are `adversary/weights/`, `adversary/buffers/` and so on.
 */
import type { Engine, Tensors } from "@tadsr/core";
import {
  type HostWeights,
  type ParameterSpec,
  readSafetensors,
  uploadWeights,
  writeSafetensors,
} from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import type { TaskEither } from "fp-ts/lib/TaskEither.js";
import type { TrainError } from "./errors.ts";
import type { TrainingState } from "./loop.ts";
import type { AdversaryState } from "./step.ts";
import type { AdversarySpec } from "./task.ts";

const FORMAT = "tadsr-checkpoint/1";
const PARTS = ["weights", "average", "first", "second"] as const;
const ADVERSARY_PARTS = ["weights", "buffers", "first", "second"] as const;

/** What tensors a state has. */
export interface StateSpecs {
  readonly parameters: readonly ParameterSpec[];
  readonly adversary: Pick<AdversarySpec, "parameters" | "buffers"> | null;
}

/** What the state was trained with: a flat record as JSON, compared field by field on resuming. */
export type Identity = string;

const fieldsOf = (identity: Identity): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(identity);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** "batch was 2 and is 3", for every field that differs. */
const differences = (then: Identity, now: Identity): string => {
  const [before, after] = [fieldsOf(then), fieldsOf(now)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const text = (value: unknown): string => JSON.stringify(value) ?? "absent";
  return names
    .filter((name) => text(before[name]) !== text(after[name]))
    .map((name) => `${name} was ${text(before[name])} and is ${text(after[name])}`)
    .join(", ");
};

export const downloadWeights = async <T>(
  engine: Engine<T>,
  specs: readonly ParameterSpec[],
  tensors: Tensors<T>,
  prefix = "",
): Promise<HostWeights> => {
  const entries = await Promise.all(
    specs.map(async ({ name, kind }) => {
      const tensor = tensors[name];
      if (tensor === undefined) throw new Error(`parameter ${name} is missing from the state`);
      return [`${prefix}${name}`, await engine.download(kind, tensor)] as const;
    }),
  );
  return Object.fromEntries(entries);
};

const adversarySpecs = (
  part: (typeof ADVERSARY_PARTS)[number],
  { parameters, buffers }: NonNullable<StateSpecs["adversary"]>,
): readonly ParameterSpec[] => (part === "buffers" ? buffers : parameters);

const downloadAdversary = async <T>(
  engine: Engine<T>,
  { adversary: specs }: StateSpecs,
  { adversary }: TrainingState<T>,
): Promise<readonly HostWeights[]> =>
  specs === null || adversary === null
    ? []
    : Promise.all(
        ADVERSARY_PARTS.map((part) =>
          downloadWeights(engine, adversarySpecs(part, specs), adversary[part], `adversary/${part}/`),
        ),
      );

/** Written beside and renamed: a kill at any moment leaves the former checkpoint or this one. */
export const writeCheckpoint =
  <T>(
    engine: Engine<T>,
    specs: StateSpecs,
    state: TrainingState<T>,
    identity: Identity,
    file: string,
  ): TaskEither<TrainError, void> =>
  async () => {
    const parts = await Promise.all(
      PARTS.map((part) => downloadWeights(engine, specs.parameters, state[part], `${part}/`)),
    );
    const ofAdversary = await downloadAdversary(engine, specs, state);
    const tensors: HostWeights = Object.assign({}, ...parts, ...ofAdversary);
    const metadata = { format: FORMAT, step: String(state.step), identity };
    return E.mapLeft(
      (error: { readonly message: string }): TrainError => ({
        kind: "Checkpoint",
        file,
        message: error.message,
      }),
    )(await writeSafetensors(file, tensors, { dtype: "F32", metadata })());
  };

const refused = (file: string, message: string): E.Either<TrainError, never> =>
  E.left({ kind: "Checkpoint", file, message: `${file}: ${message}` });

/** Reads a checkpoint of a run with the same identity onto the engine. */
export const readCheckpoint =
  <T>(
    engine: Engine<T>,
    specs: StateSpecs,
    identity: Identity,
    file: string,
  ): TaskEither<TrainError, TrainingState<T>> =>
  async () => {
    const read = await readSafetensors(file)();
    if (E.isLeft(read)) return refused(file, read.left.message);
    const { metadata, tensors } = read.right;
    if (metadata.format !== FORMAT) return refused(file, `not a checkpoint (expected format ${FORMAT})`);
    if (metadata.identity !== identity) {
      const changed = differences(metadata.identity ?? "", identity);
      return refused(file, `was made with other options: ${changed}; resume with those, or train elsewhere`);
    }
    const part = (name: string, parameters: readonly ParameterSpec[]): Tensors<T> =>
      uploadWeights(
        engine,
        parameters,
        Object.fromEntries(
          Object.entries(tensors)
            .filter(([key]) => key.startsWith(`${name}/`))
            .map(([key, array]) => [key.slice(name.length + 1), array]),
        ),
      );
    const adversary = (of: NonNullable<StateSpecs["adversary"]>): AdversaryState<T> => ({
      weights: part("adversary/weights", of.parameters),
      buffers: part("adversary/buffers", of.buffers),
      first: part("adversary/first", of.parameters),
      second: part("adversary/second", of.parameters),
    });
    return E.right({
      step: Number(metadata.step),
      weights: part("weights", specs.parameters),
      average: part("average", specs.parameters),
      first: part("first", specs.parameters),
      second: part("second", specs.parameters),
      adversary: specs.adversary === null ? null : adversary(specs.adversary),
    });
  };
