/** The tensors of a file in float64, as they are recorded: PyTorch's layout, the batch first. */

import { readFile } from "node:fs/promises";
import type { ReferenceTensor } from "@tadsr/core";
import * as E from "fp-ts/lib/Either.js";
import type * as TE from "fp-ts/lib/TaskEither.js";
import { fileReason } from "../failure.ts";

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

export const readTensorFile =
  (path: string): TE.TaskEither<string, TensorFile> =>
  async () => {
    const bytes = await readFile(path).catch((e: unknown) => fileReason(e));
    if (typeof bytes === "string") return E.left(bytes);
    const end = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, end).toString()) as Record<
      string,
      { dtype: string; shape: number[]; data_offsets: [number, number] }
    >;
    const map = new Map<string, ReferenceTensor>();
    for (const [k, v] of Object.entries(header)) {
      if (v.dtype !== "F32") continue;
      const b = bytes.subarray(end + v.data_offsets[0], end + v.data_offsets[1]);
      if (b.length !== v.data_offsets[1] - v.data_offsets[0]) return E.left("cut off");
      const copy = new Uint8Array(b);
      map.set(k, { shape: v.shape, data: Float64Array.from(new Float32Array(copy.buffer)) });
    }
    return E.right(map);
  };
