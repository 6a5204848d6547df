/**
 * A checkpoint: the whole state of a training in one safetensors file, so that a resumed run goes on as the
 * uninterrupted one would have. Names are `weights/`, `average/`, `first/` and `second/` before the
 * parameter's own.
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

const FORMAT = "tadsr-checkpoint/1";
const PARTS = ["weights", "average", "first", "second"] as const;

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

/** Written beside and renamed: a kill at any moment leaves the former checkpoint or this one. */
export const writeCheckpoint =
  <T>(
    engine: Engine<T>,
    specs: readonly ParameterSpec[],
    state: TrainingState<T>,
    identity: Identity,
    file: string,
  ): TaskEither<TrainError, void> =>
  async () => {
    const parts = await Promise.all(
      PARTS.map((part) => downloadWeights(engine, specs, state[part], `${part}/`)),
    );
    const tensors: HostWeights = Object.assign({}, ...parts);
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
    specs: readonly ParameterSpec[],
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
    const part = (name: (typeof PARTS)[number]): Tensors<T> =>
      uploadWeights(
        engine,
        specs,
        Object.fromEntries(
          Object.entries(tensors)
            .filter(([key]) => key.startsWith(`${name}/`))
            .map(([key, array]) => [key.slice(name.length + 1), array]),
        ),
      );
    return E.right({
      step: Number(metadata.step),
      weights: part("weights"),
      average: part("average"),
      first: part("first"),
      second: part("second"),
    });
  };
