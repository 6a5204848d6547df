/** Weights in files of any format: which network they belong to, and their way to an engine, tensor by tensor. */
import type { Engine, NdArray, Tensors } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { ByteFile } from "../bytes/byte-file.ts";
import {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointError,
  openCheckpoint,
} from "../checkpoint/checkpoint.ts";
import { mainGroup } from "../checkpoint/groups.ts";
import type { UnknownGroup, WeightsMismatch } from "../errors.ts";
import {
  type Architecture,
  type InferenceOptions,
  inferArchitecture,
  type UnknownArchitecture,
} from "../inference/architecture.ts";
import type { Shapes } from "../inference/shape-reader.ts";
import { isBuffer } from "../networks/buffers.ts";
import type { ParameterSpec } from "../parameters.ts";
import { checkShapes } from "../weights.ts";

export interface WeightSource {
  readonly file: ByteFile;
  /** The group of the file's tensors; see `mainGroup` for the default. */
  readonly path?: string;
}

export type WeightSourceError = CheckpointError | UnknownGroup;

type ReadError = WeightSourceError | WeightsMismatch;

const withGroup = <E1, A>(
  { file, path }: WeightSource,
  use: (checkpoint: Checkpoint, entries: ReadonlyMap<string, CheckpointEntry>) => TE.TaskEither<E1, A>,
): TE.TaskEither<WeightSourceError | E1, A> =>
  TE.bracketW(
    openCheckpoint(file),
    (checkpoint): TE.TaskEither<UnknownGroup | E1, A> => {
      if (checkpoint.groups.length === 0) return use(checkpoint, new Map());
      const group = mainGroup(checkpoint, path);
      return E.isLeft(group) ? TE.left(group.left) : use(checkpoint, group.right.entries);
    },
    ({ close }) => TE.fromTask(close),
  );

const shapesOf = (entries: ReadonlyMap<string, CheckpointEntry>): Map<string, readonly number[]> =>
  new Map([...entries].map(([name, { shape }]) => [name, shape]));

/** The shapes of a file's tensors, by their names. */
export const shapesIn = (weights: WeightSource): TE.TaskEither<WeightSourceError, Shapes> =>
  withGroup(weights, (_, entries) => TE.right(shapesOf(entries)));

/** The network that the file's tensors belong to, from their names and shapes. */
export const architectureOf = (
  weights: WeightSource,
  options: InferenceOptions = {},
): TE.TaskEither<WeightSourceError | UnknownArchitecture, Architecture> =>
  pipe(
    shapesIn(weights),
    TE.chainEitherKW((shapes) => inferArchitecture(shapes, { ...options, file: weights.file.name })),
  );

/**
 * Gives each parameter to `use` in turn, as float32. Only one tensor is held at a time. All names and shapes are
 * checked before any tensor is read. Buffers are skipped. Rejects with what `use` throws.
 */
export const forEachWeight = (
  weights: WeightSource,
  specs: readonly ParameterSpec[],
  use: (spec: ParameterSpec, tensor: NdArray) => void,
): TE.TaskEither<ReadError, void> =>
  withGroup(weights, (checkpoint, entries) => async (): Promise<E.Either<ReadError, void>> => {
    const declared = new Set(specs.map(({ name }) => name));
    const learned = new Map([...entries].filter(([name]) => declared.has(name) || !isBuffer(name)));
    const checked = checkShapes(weights.file.name, specs, shapesOf(learned));
    if (E.isLeft(checked)) return checked;
    for (const spec of specs) {
      const entry = learned.get(spec.name);
      if (entry === undefined) continue;
      const tensor = await checkpoint.read(entry)();
      if (E.isLeft(tensor)) return tensor;
      use(spec, tensor.right);
    }
    return E.right(undefined);
  });

/** Copies a file's parameters to the engine; the caller releases them. Rejects with what the engine throws. */
export const uploadWeightSource =
  <T>(
    engine: Engine<T>,
    weights: WeightSource,
    specs: readonly ParameterSpec[],
  ): TE.TaskEither<ReadError, Tensors<T>> =>
  async () => {
    const uploaded: [string, T][] = [];
    let isKept = false;
    try {
      const done = await forEachWeight(weights, specs, ({ name, kind }, tensor) => {
        uploaded.push([name, engine.upload(kind, tensor, "constant")]);
      })();
      isKept = E.isRight(done);
      return E.map((): Tensors<T> => Object.fromEntries(uploaded))(done);
    } finally {
      if (!isKept) engine.release(uploaded.map(([, tensor]) => tensor));
    }
  };
