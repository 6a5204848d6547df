/** The equality that laws use: shapes are the same, and elements differ by rounding only. */
import { type NdArray, shapeText } from "@tadsr/core";
import type { Equal } from "./law.ts";

/** The coordinates of a flat index in a shape. */
const position = (index: number, shape: readonly number[]): string => {
  const place: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    place.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return shapeText(place);
};

/** Why two shapes, or a shape and its number of elements, do not fit; null if they fit. */
const misfit = (found: NdArray, expected: NdArray): string | null => {
  if (shapeText(found.shape) !== shapeText(expected.shape))
    return `shape ${shapeText(found.shape)}, expected ${shapeText(expected.shape)}`;
  if (found.data.length !== expected.data.length)
    return `${found.data.length} elements, expected ${expected.data.length}`;
  return null;
};

/** Elements differ by at most `relative` times the size of the terms. NaN equals nothing. */
export const closeTo =
  (relative: number): Equal =>
  (found, expected, size) => {
    const wrong = misfit(found, expected);
    if (wrong !== null) return wrong;
    const tolerance = relative * size;
    for (let i = 0; i < found.data.length; i++) {
      const x = found.data[i] as number;
      const y = expected.data[i] as number;
      if (!(Math.abs(x - y) <= tolerance))
        return `element ${position(i, found.shape)} is ${x}, expected ${y}, tolerance ${tolerance}`;
    }
    return true;
  };

/** Elements are the same numbers bit for bit, except for the sign of zero. */
export const identical: Equal = (found, expected) => closeTo(0)(found, expected, 0);
