/** Converts a checkpoint of any format: every tensor of one group by its plain name, buffers too. */
import { elements } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import { baseName } from "../bytes/base-name.ts";
import type { ByteSink } from "../bytes/byte-sink.ts";
import {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointError,
  openCheckpoint,
  type TensorGroup,
} from "../checkpoint/checkpoint.ts";
import { DTYPE_BYTES, type TensorDtype } from "../checkpoint/dtypes.ts";
import { mainGroup } from "../checkpoint/groups.ts";
import {
  type FileUnwritable,
  type InvalidCheckpoint,
  invalidCheckpoint,
  type UnknownGroup,
  type ValueOutOfRange,
} from "../errors.ts";
import { type FloatType, isReadableFloat } from "../number-formats.ts";
import type { WeightSource } from "../paper/weight-source.ts";
import type { StreamedTensor } from "./streamed-tensor.ts";
import type { WeightFormat } from "./weight-format.ts";
import { writeWeights } from "./write-weights.ts";

export interface ConvertOptions {
  readonly format: WeightFormat;
  /** The type to store floating-point numbers in. If left out they keep their type, except that F64 becomes F32. */
  readonly dtype?: FloatType;
}

export interface Converted {
  readonly tensors: number;
  /** Bytes of the tensors' numbers, before and after. */
  readonly from: number;
  readonly to: number;
  /** Tensors whose numbers were rounded, because their own type has more digits than the stored one. */
  readonly rounded: number;
}

export type ConvertError = CheckpointError | UnknownGroup | FileUnwritable | ValueOutOfRange;

const isKnown = (dtype: string): dtype is TensorDtype => Object.hasOwn(DTYPE_BYTES, dtype);

type Streamed = StreamedTensor<CheckpointError>;

const streamed = (
  checkpoint: Checkpoint,
  entry: CheckpointEntry,
  wanted: FloatType | undefined,
): E.Either<InvalidCheckpoint, Streamed> => {
  const { name, shape, dtype } = entry;
  if (isReadableFloat(dtype)) {
    const stored = wanted ?? (dtype === "F64" ? "F32" : dtype);
    return E.right({ name, shape, dtype: stored, read: checkpoint.read(entry) });
  }
  return isKnown(dtype)
    ? E.right({ name, shape, dtype, read: checkpoint.readIntegers(entry) })
    : E.left(invalidCheckpoint(checkpoint.file, entry.key, Object.keys(DTYPE_BYTES).join(", "), dtype));
};

/** Whether the second type can hold every number of the first. */
const isKept = (from: string, to: string): boolean => from === to || (to === "F32" && from !== "F64");

const convertGroup =
  (
    checkpoint: Checkpoint,
    group: TensorGroup,
    target: ByteSink,
    { format, dtype }: ConvertOptions,
  ): TE.TaskEither<ConvertError, Converted> =>
  async () => {
    const entries = [...group.entries.values()];
    const tensors: Streamed[] = [];
    for (const entry of entries) {
      const tensor = streamed(checkpoint, entry, dtype);
      if (E.isLeft(tensor)) return tensor;
      tensors.push(tensor.right);
    }
    const bytesOf = (kind: string, shape: readonly number[]): number =>
      elements(shape) * (isKnown(kind) ? DTYPE_BYTES[kind] : 0);
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, part) => total + part, 0);
    const metadata = { format: "pt", converted_from: baseName(checkpoint.file) };
    const written = await writeWeights(target, tensors, { format, metadata })();
    return E.map(
      (): Converted => ({
        tensors: tensors.length,
        from: sum(entries.map((entry) => bytesOf(entry.dtype, entry.shape))),
        to: sum(tensors.map((tensor) => bytesOf(tensor.dtype, tensor.shape))),
        rounded: entries.filter((entry, i) => !isKept(entry.dtype, tensors[i]?.dtype ?? entry.dtype)).length,
      }),
    )(written);
  };

/**
 * Writes one group of the source's tensors, without its prefix. Only one tensor is in memory at a time. Buffers are
 * kept: the sizes of masks tell what a network's parameters do not.
 */
export const convertWeights = (
  { file, path }: WeightSource,
  target: ByteSink,
  options: ConvertOptions,
): TE.TaskEither<ConvertError, Converted> =>
  TE.bracketW(
    openCheckpoint(file),
    (checkpoint): TE.TaskEither<ConvertError, Converted> => {
      const group = mainGroup(checkpoint, path);
      return E.isLeft(group) ? TE.left(group.left) : convertGroup(checkpoint, group.right, target, options);
    },
    ({ close }) => TE.fromTask(close),
  );
