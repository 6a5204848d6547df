/** The tensors of a file in float64, as they are recorded: PyTorch's layout, the batch first. */

import type { NdArray, ReferenceTensor } from "@tadsr/core";
import { openSafetensors, readTensors } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";

export type TensorFile = ReadonlyMap<string, ReferenceTensor>;

/** The named tensors, or which of them the file does not have. */
export const present = <Name extends string>(
  file: TensorFile,
  names: readonly Name[],
): E.Either<string, Readonly<Record<Name, ReferenceTensor>>> => {
  const missing = names.filter((name) => !file.has(name));
  if (missing.length > 0) {
    return E.left(`${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not in the file`);
  }
  const none: ReferenceTensor = { shape: [0], data: new Float64Array(0) };
  const found = Object.fromEntries(names.map((name) => [name, file.get(name) ?? none]));
  return E.right(found as Record<Name, ReferenceTensor>);
};

/** The i-th sample of a batch, as a batch of one; empty where there is none. */
export const sample = ({ shape, data }: ReferenceTensor, i: number): ReferenceTensor => {
  const [count = 0, ...rest] = shape;
  const size = count === 0 ? 0 : data.length / count;
  return { shape: [1, ...rest], data: data.slice(i * size, (i + 1) * size) };
};

/** Every tensor of floating-point numbers; the others (times, indices) no check reads. */
export const readTensorFile = (path: string): TE.TaskEither<string, TensorFile> =>
  TE.mapLeft(({ message }: { readonly message: string }) => message)(
    TE.bracket(
      openSafetensors(path),
      (opened) => {
        const floats = [...opened.entries.values()].filter(({ type }) => /^(F32|F16|BF16)$/.test(type));
        const names = floats.map(({ name }) => name);
        return TE.map(
          (tensors: Readonly<Record<string, NdArray>>): TensorFile =>
            new Map(
              Object.entries(tensors).map(([name, { shape, data }]) => [
                name,
                { shape, data: Float64Array.from(data) },
              ]),
            ),
        )(readTensors(opened, names));
      },
      (opened) => TE.fromTask(opened.close),
    ),
  );
