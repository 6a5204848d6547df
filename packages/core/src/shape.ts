/** Shapes of tensors: the lengths of their axes, outermost first. */

/** The number of elements; 1 for a scalar's []. */
export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

export const isSameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

/** As messages print it: `[2, 3]`. */
export const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
