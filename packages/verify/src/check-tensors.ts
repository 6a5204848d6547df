/** A check of recorded tensors: from the names that it reads to the row that it gives. */
import type { ReferenceTensor } from "@tadsr/core";
import { firstLine } from "@tadsr/model/file-reason";
import * as E from "fp-ts/lib/Either.js";
import { absent, broken, compared, type Row } from "./row.ts";
import { present, type TensorFile } from "./tensor-file.ts";

/** For a few float32 operations on numbers of the tensor's size. */
export const FLOAT32_TOLERANCE = 1e-6;

/** For a float32 mean over a latent's elements, and for sums of numbers that partly cancel. */
export const REDUCTION_TOLERANCE = 1e-5;

type Numbers = ArrayLike<number>;

/**
 * Compares what `compute` makes of the named tensors with the recorded result. The row is `absent` if one of them is
 * not in the file, and a mismatch if their shapes do not fit each other.
 */
export const checkTensors =
  (entry: string, file: TensorFile) =>
  <Name extends string>(
    check: string,
    names: readonly Name[],
    tolerance: number,
    compute: (
      tensors: Readonly<Record<Name, ReferenceTensor>>,
    ) => readonly [computed: Numbers, recorded: Numbers],
  ): Row => {
    const found = present(file, names);
    if (E.isLeft(found)) return absent(entry, check, found.left);
    try {
      const [computed, recorded] = compute(found.right);
      return compared(entry, check, computed, recorded, tolerance);
    } catch (thrown) {
      // The reference algebra throws a one-line error if shapes do not fit.
      return broken(entry, check, firstLine(thrown));
    }
  };
