/** The authors' networks' results on recorded inputs, and the error of a result against them. */
import type { NdArray } from "@tadsr/core";
import { openCheckpoint } from "@tadsr/files";
import * as E from "fp-ts/lib/Either.js";

const right = <A>(result: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** Every tensor of a file by name, including whole numbers. */
export const recorded = async (file: string): Promise<Readonly<Record<string, NdArray>>> => {
  const opened = right(await openCheckpoint(file)());
  try {
    const tensors: [string, NdArray][] = [];
    for (const { entries } of opened.groups)
      for (const entry of entries.values()) {
        const read = entry.dtype.startsWith("I") ? opened.readIntegers : opened.read;
        tensors.push([entry.name, right(await read(entry)())]);
      }
    return Object.fromEntries(tensors);
  } finally {
    await opened.close();
  }
};

/** PyTorch's [n, c, h, w] as an image [n, h, w, c]; only the first `batch` samples, if given. */
export const imageOf = ({ shape, data }: NdArray, batch?: number): NdArray => {
  const [all = 0, c = 0, h = 0, w = 0] = shape;
  const n = batch ?? all;
  const result = new Float32Array(n * h * w * c);
  let to = 0;
  for (let sample = 0; sample < n; sample++)
    for (let pixel = 0; pixel < h * w; pixel++)
      for (let channel = 0; channel < c; channel++)
        result[to++] = data[(sample * c + channel) * h * w + pixel] as number;
  return { shape: [n, h, w, c], data: result };
};

/** max |found - expected| / max |expected|; infinite if the shapes differ. */
export const relativeError = (found: NdArray, expected: NdArray): number => {
  if (found.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const value = expected.data[i] as number;
    const distance = Math.abs((found.data[i] as number) - value);
    // A comparison with NaN is false: it must not pass for a small difference.
    if (!(distance <= difference)) difference = distance;
    size = Math.max(size, Math.abs(value));
  }
  return difference / size;
};
