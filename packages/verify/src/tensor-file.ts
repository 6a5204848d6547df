/** The tensors of a file in float64, in the recorded layout: PyTorch's, batch first. */
import { elements, type NdArray, type ReferenceTensor, shapeText } from "@tadsr/core";
import { openSafetensors, type SafetensorsFile } from "@tadsr/model";
import * as E from "fp-ts/lib/Either.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Folder } from "./folder.ts";

export type TensorFile = ReadonlyMap<string, ReferenceTensor>;

/** The named tensors, or an error with the names that the file lacks. */
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

/** The k-th of the tensors of the same shape that follow one another in `all`; empty beyond the last. */
export const stateAt = (all: ReferenceTensor, k: number, shape: readonly number[]): ReferenceTensor => {
  const size = elements(shape);
  return { shape, data: all.data.slice(k * size, (k + 1) * size) };
};

/** PyTorch's [n, c, h, w] as an image [n, h, w, c]. Throws if there are not four axes. */
export const imageOf = ({ shape, data }: ReferenceTensor): ReferenceTensor => {
  const [n, c, h, w] = shape;
  if (shape.length !== 4 || n === undefined || c === undefined || h === undefined || w === undefined)
    throw new Error(`found a tensor of shape ${shapeText(shape)}, expected an image [n, c, h, w]`);
  const result = new Float64Array(data.length);
  let to = 0;
  for (let sample = 0; sample < n; sample++)
    for (let pixel = 0; pixel < h * w; pixel++)
      for (let channel = 0; channel < c; channel++)
        result[to++] = data[(sample * c + channel) * h * w + pixel] ?? Number.NaN;
  return { shape: [n, h, w, c], data: result };
};

/** The inverse of `imageOf`. */
export const recordOf = ({ shape, data }: NdArray): ReferenceTensor => {
  const [n = 0, h = 0, w = 0, c = 0] = shape;
  const result = new Float64Array(data.length);
  let from = 0;
  for (let sample = 0; sample < n; sample++)
    for (let pixel = 0; pixel < h * w; pixel++)
      for (let channel = 0; channel < c; channel++)
        result[(sample * c + channel) * h * w + pixel] = data[from++] ?? Number.NaN;
  return { shape: [n, c, h, w], data: result };
};

const FLOATS = /^(F64|F32|F16|BF16)$/;
const INTEGERS = /^[IU](8|16|32|64)$/;

const readAll =
  (opened: SafetensorsFile): TE.TaskEither<{ readonly message: string }, TensorFile> =>
  async () => {
    const tensors = new Map<string, ReferenceTensor>();
    for (const { name, type } of opened.entries.values()) {
      const read = FLOATS.test(type) ? opened.read : INTEGERS.test(type) ? opened.readIntegers : null;
      if (read === null) continue;
      const tensor = await read(name)();
      if (E.isLeft(tensor)) return tensor;
      const { shape, data } = tensor.right;
      tensors.set(name, { shape, data: Float64Array.from(data) });
    }
    return E.right(tensors);
  };

/** Every tensor of numbers. No check reads tensors of other types (truth values). */
export const readTensorFile = (folder: Folder, name: string): TE.TaskEither<string, TensorFile> => {
  const file = folder.file(name);
  return TE.mapLeft(({ message }: { readonly message: string }) => message.replaceAll(file.name, name))(
    TE.bracket(openSafetensors(file), readAll, (opened) => TE.fromTask(opened.close)),
  );
};
