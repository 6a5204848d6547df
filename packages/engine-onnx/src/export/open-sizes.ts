/** Sizes of pictures that a file leaves open: their names, and whether it does. */
import type { Lowered } from "../lowering/lower.ts";
import { encodeModel } from "../onnx/encode.ts";
import { layOut } from "./weights-beside.ts";

const HEIGHT = 2;
const WIDTH = 3;

/**
 * Names of the open axes of a file's inputs and outputs: height and width for the first image's and all that are as
 * large, and with their own name before it for others. The graph's sides are examples, the same only where they
 * always are.
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

/** The file but for large weights, which are the same arrays whatever the picture's size. */
const withoutWeights = (lowered: Lowered): Uint8Array =>
  encodeModel(lowered, {
    openDimension: openDimensions(lowered),
    beside: { file: "-", offsetOf: layOut(lowered).offsetOf },
  });

/** Whether graphs of two sizes are the same file: then no number of it depends on the size. */
export const isSameFile = (one: Lowered, other: Lowered): boolean => {
  const [bytes, others] = [withoutWeights(one), withoutWeights(other)];
  return bytes.length === others.length && bytes.every((byte, i) => byte === others[i]);
};
