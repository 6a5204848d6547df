/** Shapes, and the error for a shape that does not fit. */

export type Shape = readonly number[];

/** The operands of an operation do not fit. `operation` may also be the name of an input or a parameter. */
export interface ShapeMismatch {
  readonly _tag: "ShapeMismatch";
  readonly operation: string;
  readonly found: string;
  readonly expected: string;
  readonly message: string;
}

export const shapeMismatch = (operation: string, found: string, expected: string): ShapeMismatch => ({
  _tag: "ShapeMismatch",
  operation,
  found,
  expected,
  message: `${operation}: found ${found}, expected ${expected}`,
});
