/** A checkpoint of any format as another: every tensor of one group by its plain name, buffers too. */
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
import { elements } from "../parameters.ts";
import type { StreamedTensor } from "./streamed-tensor.ts";
import { type WeightFormat, writeWeights } from "./write-weights.ts";

export interface ConvertOptions {
  readonly format: WeightFormat;
  /** What numbers with a point are stored in; as they are when left out, but F64 as F32. */
  readonly dtype?: FloatType;
}

export interface Converted {
  readonly tensors: number;
  /** Bytes of the tensors' numbers, before and after. */
  readonly from: number;
  readonly to: number;
  /** Tensors whose numbers were rounded, as their type has more digits than what they are stored in. */
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

/** Whether every number of the first type is one of the second. */
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
 * Writes one group of the source's tensors, without its prefix, one tensor in memory at a time. Buffers stay as they
 * are: the sizes of masks tell of a network what its parameters do not.
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
