/** A network's weights on the host, checked against the parameters that it declares. */
import { type Engine, elements, isSameShape, type NdArray, shapeText, type Tensors } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile } from "./bytes/byte-file.ts";
import {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointError,
  openCheckpoint,
} from "./checkpoint/checkpoint.ts";
import { mainGroup } from "./checkpoint/groups.ts";
import type { Mismatch, UnknownGroup, WeightsMismatch } from "./errors.ts";
import { nearestNames } from "./nearest-names.ts";
import { type ParameterSpec, parameter } from "./parameters.ts";
import { quoted } from "./quoted.ts";

/** By parameter name, in the logical layout. */
export type HostWeights = Readonly<Record<string, NdArray>>;

const hint = (nearest: string | null): string =>
  nearest === null ? "" : `; the nearest name is ${quoted(nearest)}`;

/** One line of a report: the tensor, what was found and what was expected. */
export const mismatchLine = (mismatch: Mismatch): string => {
  const key = quoted(mismatch.key);
  if (mismatch.kind === "missing")
    return `${key} ${shapeText(mismatch.expected)} is missing${hint(mismatch.nearest)}`;
  if (mismatch.kind === "unexpected")
    return `${key} is not a parameter of the network${hint(mismatch.nearest)}`;
  return `${key}: found shape ${shapeText(mismatch.found)}, expected ${shapeText(mismatch.expected)}`;
};

/** All differences between the shapes and the parameters, in the parameters' order. */
const mismatchesOf = (
  specs: readonly ParameterSpec[],
  shapes: ReadonlyMap<string, readonly number[]>,
): readonly Mismatch[] => {
  const declared = new Set(specs.map(({ name }) => name));
  const strays = [...shapes.keys()].filter((name) => !declared.has(name));
  const absent = specs.map(({ name }) => name).filter((name) => !shapes.has(name));
  const [nearestStray, nearestAbsent] = [nearestNames(strays), nearestNames(absent)];
  const ofParameters = specs.flatMap(({ name: key, shape: expected }): readonly Mismatch[] => {
    const found = shapes.get(key);
    // A missing parameter and an unexpected tensor are most likely the same one under two names.
    if (found === undefined) return [{ kind: "missing", key, expected, nearest: nearestStray(key) }];
    return isSameShape(found, expected) ? [] : [{ kind: "shape", key, expected, found }];
  });
  return [
    ...ofParameters,
    ...strays.map((key): Mismatch => ({ kind: "unexpected", key, nearest: nearestAbsent(key) })),
  ];
};

/** The message has at most this many lines; the error has all mismatches. */
const MOST_LINES = 2000;

/** Checks that names and shapes are the parameters', no more and no fewer. Errors name the `file`. */
export const checkShapes = (
  file: string,
  specs: readonly ParameterSpec[],
  shapes: ReadonlyMap<string, readonly number[]>,
): E.Either<WeightsMismatch, void> => {
  const mismatches = mismatchesOf(specs, shapes);
  const [first, ...others] = mismatches.map(mismatchLine);
  if (first === undefined) return E.right(undefined);
  const more = others.length >= MOST_LINES ? [`and ${others.length - MOST_LINES + 1} more`] : [];
  const lines = [first, ...others.slice(0, MOST_LINES - 1), ...more];
  const message =
    others.length === 0
      ? `${file}: the weights do not fit the network: ${first}`
      : `${file}: the weights do not fit the network: ${mismatches.length} tensors differ:\n  ${lines.join("\n  ")}`;
  return E.left({ _tag: "WeightsMismatch", file, mismatches, message });
};

/** The same for weights in memory. Their data must also have as many numbers as their shapes say. */
export const checkWeights = (
  file: string,
  specs: readonly ParameterSpec[],
  weights: HostWeights,
): E.Either<WeightsMismatch, void> =>
  checkShapes(
    file,
    specs,
    new Map(
      Object.entries(weights).map(([name, { shape, data }]) => [
        name,
        elements(shape) === data.length ? shape : [data.length],
      ]),
    ),
  );

export interface ReadWeightsOptions {
  /** The group of the file's tensors; see `mainGroup` for the default. */
  readonly path?: string;
  /** Tensors that are no parameters but may be there, such as buffers. */
  readonly ignore?: (name: string) => boolean;
}

const readGroup =
  (
    checkpoint: Checkpoint,
    specs: readonly ParameterSpec[],
    { path, ignore = () => false }: ReadWeightsOptions,
  ): TE.TaskEither<CheckpointError | UnknownGroup | WeightsMismatch, HostWeights> =>
  async () => {
    const entries = new Map<string, CheckpointEntry>();
    if (checkpoint.groups.length > 0) {
      const group = mainGroup(checkpoint, path);
      if (E.isLeft(group)) return group;
      const declared = new Set(specs.map(({ name }) => name));
      for (const [name, entry] of group.right.entries)
        if (declared.has(name) || !ignore(name)) entries.set(name, entry);
    }
    const shapes = new Map([...entries].map(([name, { shape }]) => [name, shape]));
    const checked = checkShapes(checkpoint.file, specs, shapes);
    if (E.isLeft(checked)) return checked;
    const weights: [string, NdArray][] = [];
    for (const { name } of specs) {
      const entry = entries.get(name);
      if (entry === undefined) continue;
      const tensor = await checkpoint.read(entry)();
      if (E.isLeft(tensor)) return tensor;
      weights.push([name, tensor.right]);
    }
    return E.right(Object.fromEntries(weights));
  };

/**
 * Reads the parameters as float32 from a checkpoint of any format that has exactly these. All names and shapes are
 * checked before any tensor is read; then tensors are read one after another.
 */
export const readWeights = (
  file: ByteFile,
  specs: readonly ParameterSpec[],
  options: ReadWeightsOptions = {},
): TE.TaskEither<CheckpointError | UnknownGroup | WeightsMismatch, HostWeights> =>
  TE.bracketW(
    openCheckpoint(file),
    (checkpoint) => readGroup(checkpoint, specs, options),
    ({ close }) => TE.fromTask(close),
  );

/** Copies the parameters to the engine; the caller releases them. Throws what the engine throws. */
export const uploadWeights = <T>(
  engine: Engine<T>,
  specs: readonly Pick<ParameterSpec, "name" | "kind">[],
  weights: HostWeights,
): Tensors<T> => {
  const uploaded: [string, T][] = [];
  try {
    for (const { name, kind } of specs)
      uploaded.push([name, engine.upload(kind, parameter(weights, name), "constant")]);
  } catch (thrown) {
    engine.release(uploaded.map(([, tensor]) => tensor));
    throw thrown;
  }
  return Object.fromEntries(uploaded);
};
