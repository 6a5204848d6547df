/** Sizes of pictures that a file leaves open: their names, and whether the file really does not depend on them. */
import type { Lowered } from "../lowering/lower.ts";
import { encodeModel } from "../onnx/encode.ts";
import { layOut } from "./weights-beside.ts";

const HEIGHT = 2;
const WIDTH = 3;

/**
 * Names for the open axes of a file's inputs and outputs: height and width for the first image and all that have its
 * size; for other sizes, height and width after the image's own name. The graph's sizes are examples. They must be
 * equal only if they are always equal.
 */
export const openDimensions = ({
  feeds,
  outputs,
}: Lowered): ((name: string, axis: number) => string | null) => {
  const names = new Map<string, string>();
  const sides = new Map<string, string>();
  for (const { name, value } of [...feeds, ...outputs]) {
    const { shape } = value;
    if (shape.length !== 4) continue;
    const key = `${shape[HEIGHT]} ${shape[WIDTH]}`;
    const prefix = sides.get(key) ?? (sides.size === 0 ? "" : `${name}_`);
    sides.set(key, prefix);
    names.set(`${name} ${HEIGHT}`, `${prefix}height`);
    names.set(`${name} ${WIDTH}`, `${prefix}width`);
  }
  return (name, axis) => names.get(`${name} ${axis}`) ?? null;
};

/** The file without its large weights, which are the same arrays for every size of picture. */
const withoutWeights = (lowered: Lowered): Uint8Array =>
  encodeModel(lowered, {
    openDimension: openDimensions(lowered),
    beside: { file: "-", offsetOf: layOut(lowered).offsetOf },
  });

/** Whether graphs of two sizes give the same file. Then nothing in it depends on the size. */
export const isSameFile = (one: Lowered, other: Lowered): boolean => {
  const [bytes, others] = [withoutWeights(one), withoutWeights(other)];
  return bytes.length === others.length && bytes.every((byte, i) => byte === others[i]);
};
